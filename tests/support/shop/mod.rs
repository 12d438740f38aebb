//! A synthetic shop: what its customers do over some weeks, the same for the same seed.
//!
//! The shape is that of real shops: most customers come rarely, a few often; a visit is a burst of views that may end
//! in a cart, fewer carts in a purchase, some purchases in a refund. Not here: what the shop's segments are.

mod life;
mod seeded;

pub use life::{ShopEvent, Size, shop_events};
pub use seeded::Seeded;
