//! Connections: how many, how long, and how they end.
//!
//! HTTP/1.1 alone. A connection that sends no complete request head in time is closed, idle ones included; no route
//! reads a body. Beyond the limit of connections, new ones wait in the backlog of the socket.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;

/// Connections open at once; the next waits.
const CONNECTIONS_MAX: usize = 256;

/// The longest a connection may take for a request's head, or stay idle between two.
const HEAD_SECONDS_MAX: Duration = Duration::from_secs(5);

/// The largest request head, in bytes.
const HEAD_BYTES_MAX: usize = 16 << 10;

/// The most header fields of a request.
const HEADERS_MAX: usize = 64;

/// How long requests under way may take to end when the server stops.
const DRAIN_SECONDS_MAX: Duration = Duration::from_secs(2);

/// How long to wait after a failed accept: it fails when the process has no file descriptor left.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Serves until `stop` is done, then ends what is under way.
pub async fn serve(listener: TcpListener, routes: Router, stop: impl Future<Output = ()>) {
    let permits = Arc::new(Semaphore::new(CONNECTIONS_MAX));
    let (stopping, stopped) = watch::channel(false);
    let mut connections = JoinSet::new();
    let mut stop = std::pin::pin!(stop);
    loop {
        let permit = tokio::select! {
            () = &mut stop => break,
            Ok(permit) = Arc::clone(&permits).acquire_owned() => permit,
        };
        let accepted = tokio::select! {
            () = &mut stop => break,
            accepted = listener.accept() => accepted,
        };
        while connections.try_join_next().is_some() {}
        let Ok((stream, _)) = accepted else {
            tokio::time::sleep(ACCEPT_PAUSE).await;
            continue;
        };
        let (routes, stopped) = (routes.clone(), stopped.clone());
        connections.spawn(async move {
            connection(stream, routes, stopped).await;
            drop(permit);
        });
    }
    drop(listener);
    // Nobody listens any more when every connection has ended.
    let _ = stopping.send(true);
    let drained = async { while connections.join_next().await.is_some() {} };
    if tokio::time::timeout(DRAIN_SECONDS_MAX, drained).await.is_err() {
        connections.abort_all();
    }
}

async fn connection(stream: TcpStream, routes: Router, mut stopped: watch::Receiver<bool>) {
    let mut builder = http1::Builder::new();
    builder
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_SECONDS_MAX)
        .max_buf_size(HEAD_BYTES_MAX)
        .max_headers(HEADERS_MAX);
    let mut served = std::pin::pin!(builder.serve_connection(TokioIo::new(stream), TowerToHyperService::new(routes)));
    // How a connection ends is the client's affair: a broken one is no event of ours.
    tokio::select! {
        _ = served.as_mut() => {}
        _ = stopped.changed() => {
            served.as_mut().graceful_shutdown();
            let _ = served.await;
        }
    }
}
