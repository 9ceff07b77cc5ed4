//! Serves the newest build, and reloads the open pages after the next one.

use std::net::Ipv4Addr;
use std::path::Path;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result};
use axum::Router;
use axum::extract::{Request, State};
use axum::http::header::{CACHE_CONTROL, HOST};
use axum::http::uri::Authority;
use axum::http::{HeaderValue, StatusCode};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::spawn_blocking;
use tower::ServiceExt;
use tower_http::services::{ServeDir, ServeFile};
use tower_livereload::{LiveReloadLayer, Reloader};

use crate::build::Build;
use crate::changes::Changes;

/// How long a browser may take to send the head of a request.
const PATIENCE: Duration = Duration::from_secs(5);

/// No page has a longer path. For most file systems such a name is an error.
const LONGEST_PATH: usize = 255;

/// Serves the book until Ctrl-C.
#[tokio::main(flavor = "current_thread")]
pub async fn serve(root: &Path, port: u16, open: bool) -> Result<()> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))
        .await
        .with_context(|| {
            format!("can't use port {port}; try another one: cargo book --port 0")
        })?;
    let changes = Changes::watch(root)?;
    println!("Building the book …");
    let (newest, served) = watch::channel(Arc::new(Build::to_serve(root)?));
    let live_reload = LiveReloadLayer::new();
    let reloader = live_reload.reloader();
    let pages = Router::new()
        .fallback(page)
        .with_state(served)
        .layer(live_reload)
        .layer(from_fn(guard));

    let address = format!("http://{}", listener.local_addr()?);
    println!("Read it at {address} (Ctrl-C ends).");
    if open {
        open_browser(address);
    }
    tokio::select! {
        () = accept(listener, pages) => {}
        () = rebuild(root, &changes, &newest, &reloader) => {}
        interrupted = tokio::signal::ctrl_c() => interrupted?,
    }
    Ok(())
}

/// Some browsers come back only when the reader closes them.
fn open_browser(address: String) {
    thread::spawn(move || {
        if let Err(error) = open::that(&address) {
            eprintln!("Can't open a browser ({error}). Open {address} yourself.");
        }
    });
}

async fn accept(listener: TcpListener, pages: Router) {
    loop {
        // Too many open files, for example: some will be closed soon.
        let Ok((stream, _)) = listener.accept().await else {
            tokio::time::sleep(PATIENCE).await;
            continue;
        };
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(PATIENCE)
            .serve_connection(
                TokioIo::new(stream),
                TowerToHyperService::new(pages.clone()),
            );
        tokio::spawn(connection);
    }
}

/// Builds the book after every change. If that fails, the last build stays.
async fn rebuild(
    root: &Path,
    changes: &Changes,
    newest: &watch::Sender<Arc<Build>>,
    reloader: &Reloader,
) {
    loop {
        changes.next().await;
        let root = root.to_owned();
        match spawn_blocking(move || Build::to_serve(&root)).await {
            Ok(Ok(build)) => {
                newest.send_replace(Arc::new(build));
                reloader.reload();
                println!("Rebuilt.");
            }
            Ok(Err(error)) => {
                eprintln!("error: {error:#}\nThe pages of the last build stay.");
            }
            Err(panic) => eprintln!("error: {panic}"),
        }
    }
}

async fn page(
    State(newest): State<watch::Receiver<Arc<Build>>>,
    request: Request,
) -> Response {
    let build = Arc::clone(&newest.borrow());
    let not_found = ServeFile::new(build.pages().join("404.html"));
    let pages = ServeDir::new(build.pages()).not_found_service(not_found);
    pages.oneshot(request).await.into_response()
}

/// Answers only what a reader on this machine asks for. A page from elsewhere could
/// give this machine a name of its own, and then read what is served here.
async fn guard(request: Request, next: Next) -> Response {
    if !request.headers().get(HOST).is_some_and(is_local) {
        let reason = "This book is served to this machine only. Open it at \
                      http://localhost or http://127.0.0.1, with the same port.\n";
        return (StatusCode::FORBIDDEN, reason).into_response();
    }
    if request.uri().path().len() > LONGEST_PATH {
        let reason = "No page of the book has an address that long.\n";
        return (StatusCode::URI_TOO_LONG, reason).into_response();
    }
    let mut response = next.run(request).await;
    // What a browser has kept would be shown after the next build as well.
    response
        .headers_mut()
        .insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

fn is_local(host: &HeaderValue) -> bool {
    let authority =
        host.to_str().ok().and_then(|host| host.parse::<Authority>().ok());
    authority.is_some_and(|authority| {
        let host = authority.host().to_ascii_lowercase();
        ["localhost", "127.0.0.1", "[::1]"].contains(&host.as_str())
    })
}
