//! `spicchio demo`: a shop to watch, with nothing installed.
//!
//! A broker inside this process, a synthetic shop that sends its events there as any producer would, the ordinary
//! processor on a configuration that is thrown away, and an ordinary consumer of its transitions, which are shown as
//! they come. The shop's time runs faster than the wall's, so that a minute of watching shows what time alone decides.

mod announced;
mod assortment;
mod chance;
mod glance;
mod line;
mod pace;
mod people;
mod premises;
mod screen;
mod shop;
mod shopper;
mod stage;
mod tally;
mod throttle;

use std::path::PathBuf;
use std::time::{Duration, Instant as Moment};

use clap::{Args, value_parser};
use spicchio_core::timer::Instant;

use self::pace::Pace;
use self::screen::Screen;
use self::shop::Shop;
use self::stage::Stage;
use super::events;
use super::exit::{Exit, Failure};
use super::terminal::{Format, Terminal};

/// Watch customers of a synthetic shop enter and leave segments; needs no Kafka and no set-up
///
/// One process holds a broker, the shop and the processor. Time in the shop runs fast: of what happens in its 4 hours,
/// 24 hours or 30 days, a minute shows a good deal. Ctrl-C ends it and sums up. With --seconds it fails when nothing
/// was decided by time alone.
#[derive(Debug, Args)]
pub(crate) struct Demo {
    /// End after this many seconds of watching; without it, Ctrl-C ends the demo
    #[arg(long, value_name = "N", value_parser = value_parser!(u64).range(1..=86_400))]
    seconds: Option<u64>,
    /// How much of the shop's time passes in a second of watching: 15m, 1h, 1d
    #[arg(long, value_name = "LENGTH", default_value = "1h", value_parser = speed)]
    speed: i64,
    /// Another seed is another shop
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// What the processor logs: error, warn, info or debug
    #[arg(long, value_name = "LEVEL", default_value = "error")]
    log: String,
    /// Keep the configuration, the segments and all events in this folder, to replay and explain them
    #[arg(long, value_name = "FOLDER")]
    keep: Option<PathBuf>,
    /// Lines for people, or the transitions as they are in the topic, one JSON object a line
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    output: Format,
}

/// Monday, 23 November 2026, 08:00 in UTC: the week of Black Friday.
const OPENING: Instant = Instant::from_millis(1_795_420_800_000);

/// How often the shop's clock is looked at, and what was announced is shown.
const TICK: Duration = Duration::from_millis(50);

/// How long to read on when the watching is over: what the last events caused is on its way.
const LAST_LOOK: Duration = Duration::from_secs(1);

fn speed(text: &str) -> Result<i64, String> {
    /// The slowest and the fastest, in milliseconds of the shop's time a second: real time, and a week.
    const BOUNDS: std::ops::RangeInclusive<i64> = 1_000..=7 * 86_400_000;
    let length = events::length(text)?;
    let fitting = !length.is_calendar() && BOUNDS.contains(&length.millis());
    fitting.then(|| length.millis()).ok_or_else(|| "write 15m, 1h or 1d; from 1s to 7d".to_owned())
}

impl Demo {
    pub(crate) fn execute(self, terminal: Terminal) -> Result<Exit, Failure> {
        let mut stage = Stage::set(&self.log, self.keep.as_deref(), terminal)?;
        let mut shop = Shop::new(self.seed, OPENING);
        let mut screen = Screen::new(self.output, OPENING, terminal);
        stage.introduce(terminal);
        look_back(&mut stage, &mut shop, &mut screen, terminal)?;
        let watched = self.watch(&mut stage, &mut shop, &mut screen)?;
        let interrupted = stage.is_over();
        let ended = stage.strike(terminal);
        screen.sum_up(watched, self.speed, terminal)?;
        if ended? == Exit::Fine && (interrupted || screen.tally().saw_time_pass()) {
            return Ok(Exit::Fine);
        }
        terminal.error("nobody entered or left a segment by time alone: watch longer, or at a greater --speed");
        Ok(Exit::Bad)
    }

    /// Lets the shop live and shows what is announced, until the time is up or somebody asks to stop. How long it took.
    fn watch(&self, stage: &mut Stage, shop: &mut Shop, screen: &mut Screen) -> Result<Duration, Failure> {
        let limit = self.seconds.map_or(Duration::MAX, Duration::from_secs);
        let pace = Pace::start(OPENING, self.speed);
        while !stage.is_over() && pace.watched() < limit {
            let now = pace.now();
            for event in shop.live_until(now) {
                stage.send(&event)?;
                screen.tally_mut().events += 1;
            }
            stage.keep_time(now)?;
            screen.show(stage.announced(Duration::ZERO), pace.watched())?;
            std::thread::sleep(TICK);
        }
        let watched = pace.watched();
        if !stage.is_over() {
            screen.show(stage.announced(LAST_LOOK), watched)?;
        }
        Ok(watched)
    }
}

/// Sends the shop's past, and waits until the processor knows it.
fn look_back(stage: &mut Stage, shop: &mut Shop, screen: &mut Screen, terminal: Terminal) -> Result<(), Failure> {
    let begun = Moment::now();
    for event in shop.live_until(OPENING) {
        stage.send(&event)?;
        screen.tally_mut().past += 1;
    }
    stage.keep_time(OPENING)?;
    if !stage.wait_until_known()? {
        return Ok(());
    }
    screen.show(stage.announced(LAST_LOOK), Duration::ZERO)?;
    let (past, announced) = (screen.tally().past, screen.tally().announced_past);
    let took = begun.elapsed().as_secs_f32();
    terminal.say(&format!(
        "The shop's past is known: {past} events, {announced} transitions, in {took:.1} s. Now watch:\n"
    ));
    Ok(())
}
