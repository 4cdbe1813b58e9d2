//! What the application is busy with: a message for every request, and a graph of them for all nodes (M001–M008).
//!
//! [`ActivityLayer`] sends an [`Activity`] to the topic [`REQUESTS`] for every request. [`Graph`] counts them, with
//! the sockets and messages of the endpoint, on all nodes, and keeps the history for whoever looks.
//!
//! ```
//! use axum::Router;
//! use axum::routing::get;
//! use firecrest::Endpoint;
//! use firecrest::activity::{Activity, ActivityLayer, Graph, GraphOptions, REQUESTS};
//! use firecrest::hub::{ConsumerOptions, Message};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let endpoint = Endpoint::builder().build()?;
//! let app: Router = Router::new()
//!     .route("/posts/{id}", get(async || "a post"))
//!     .layer(ActivityLayer::new(&endpoint));
//!
//! let graph = Graph::start(&endpoint, GraphOptions::default());
//! assert_eq!(graph.points().len(), 200);
//!
//! let slow = async |request: Message<Activity>| {
//!     if request.took.as_secs() > 1 {
//!         println!("{} took {:?}", request.route.as_str(), request.took);
//!     }
//!     Ok::<_, std::convert::Infallible>(())
//! };
//! let consumer = endpoint.hub().consume(REQUESTS, ConsumerOptions::default(), slow)?;
//! # let _ = (app, consumer);
//! # Ok(())
//! # }
//! ```

mod event;
mod graph;
mod layer;
mod merge;
mod pending;

pub use event::{Activity, Route, Verb};
pub use graph::{Graph, GraphOptions, Tick};
pub use layer::{ActivityLayer, ActivityService, ResponseFuture};

/// The topic of all requests, of type [`Activity`]. It is [local](crate::hub::Hub::local), and keeps nothing.
pub const REQUESTS: &str = "activity.request";

/// The topic of a graph's ticks, of type [`Tick`]. It is local, and keeps the graph's points.
pub const TICKS: &str = "activity.tick";
