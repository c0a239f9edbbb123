//! The door to a server: HTTP with kept connections, WebSockets, and the server's clock.
