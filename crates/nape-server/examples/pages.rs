//! The app on a folder and a port, for looking at pages while they are written: `cargo run -p nape-server --example pages FOLDER PORT`.

use std::error::Error;
use std::io::Write;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::Arc;

use nape_content::Content;
use nape_server::{App, Clock, serve};
use nape_store::Store;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().ok_or("which folder?")?;
    let port = arguments.next().ok_or("which port?")?.parse()?;
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let listener = tokio::net::TcpListener::bind(address).await?;
    let store = Store::open(Path::new(&folder))?;
    let app = App::new(address, store, Content::embedded()?, Clock::system())?;
    let app = Arc::new(app);
    writeln!(std::io::stdout(), "{}", app.invitation()?)?;
    let stop = async {
        // Without a handler the program ends at once, which is fine here too.
        let _ = tokio::signal::ctrl_c().await;
    };
    serve(listener, app, stop).await?;
    Ok(())
}
