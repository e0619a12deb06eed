//! A connection to a D-Bus through a unix socket, and through nothing else.
//!
//! The address of a bus can name a computer elsewhere. So the address is read here, where only sockets of this machine are known, and what speaks D-Bus is handed a
//! socket that is connected already.

use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::{SocketAddr, UnixStream};
use std::time::Duration;

use zbus::Connection;

/// A desktop that takes longer is not waited for.
const PATIENCE: Duration = Duration::from_secs(10);

/// Connects to a bus.
pub(super) async fn connect(address: &str) -> zbus::Result<Connection> {
    let socket = socket(address)
        .ok_or_else(|| zbus::Error::Address("only unix sockets are used".to_owned()))?;
    let stream = UnixStream::connect_addr(&socket)
        .map_err(|error| zbus::Error::InputOutput(std::sync::Arc::new(error)))?;
    zbus::connection::Builder::unix_stream(stream)
        .method_timeout(PATIENCE)
        .build()
        .await
}

/// The first unix socket of an address such as `unix:path=/run/user/1000/bus,guid=1;tcp:host=x`.
fn socket(address: &str) -> Option<SocketAddr> {
    address.split(';').find_map(|entry| {
        let rest = entry.strip_prefix("unix:")?;
        let value = |key: &str| {
            rest.split(',')
                .find_map(|pair| pair.strip_prefix(key)?.strip_prefix('='))
                .and_then(unescaped)
        };
        if let Some(path) = value("path") {
            use std::os::unix::ffi::OsStringExt;
            SocketAddr::from_pathname(std::ffi::OsString::from_vec(path)).ok()
        } else {
            SocketAddr::from_abstract_name(value("abstract")?).ok()
        }
    })
}

/// Bytes that are written as `%2f` and the like.
fn unescaped(text: &str) -> Option<Vec<u8>> {
    let mut bytes = text.bytes();
    let mut out = Vec::new();
    while let Some(byte) = bytes.next() {
        out.push(if byte == b'%' {
            let digits = [bytes.next()?, bytes.next()?];
            u8::from_str_radix(std::str::from_utf8(&digits).ok()?, 16).ok()?
        } else {
            byte
        });
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn an_address_is_a_unix_socket_or_nothing() {
        let path = |address: &str| {
            let socket = socket(address)?;
            socket.as_pathname().map(Path::to_owned)
        };
        let bus = Some(Path::new("/run/user/1000/bus").to_owned());
        assert_eq!(path("unix:path=/run/user/1000/bus"), bus);
        assert_eq!(path("unix:path=/run/user%2f1000/bus,guid=12ab"), bus);
        assert_eq!(
            path("tcp:host=example.net,port=1;unix:path=/run/user/1000/bus"),
            bus
        );
        let hidden = socket("unix:abstract=/tmp/dbus-x,guid=1").unwrap();
        assert_eq!(hidden.as_abstract_name(), Some(b"/tmp/dbus-x".as_slice()));
        for elsewhere in [
            "tcp:host=example.net,port=1",
            "nonce-tcp:host=127.0.0.1,port=1,noncefile=/x",
            "unixexec:path=ssh,argv1=example.net",
            "launchd:env=X",
            "unix:tmpdir=/tmp",
            "unix:path=%zz",
            "",
        ] {
            assert!(socket(elsewhere).is_none(), "{elsewhere}");
        }
    }
}
