//! A request, its response and its handler: three types that the compiler holds together.

use crate::{AnyRequest, AnyResponse};

/// A request that a worker answers.
pub trait Request: Sized {
    /// What it is answered with.
    type Response;
    /// It as one of all requests.
    fn into_any(self) -> AnyRequest;
    /// Its response as one of all responses.
    fn any_response(response: Self::Response) -> AnyResponse;
    /// Its response out of all responses; `None` for another request's.
    fn response(any: AnyResponse) -> Option<Self::Response>;
}

/// What a handler says to a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reply<T> {
    /// The response.
    Now(T),
    /// The response follows, under the request's number.
    Later,
    /// There is none: what the request spoke of is gone.
    Dropped,
}

/// Answers one kind of request.
pub trait Handle<R: Request> {
    /// Takes the request of this number.
    fn handle(&mut self, id: u32, request: R) -> Reply<R::Response>;
}

/// Makes of a list of request types the enums that travel, and the dispatch to their handlers. The order of the list is
/// part of the protocol: it numbers the messages.
macro_rules! requests {
    ($($name:ident),+ $(,)?) => {
        /// Any request.
        #[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
        #[expect(missing_docs, reason = "each is the request of its name")]
        pub enum AnyRequest { $($name($name)),+ }

        /// Any response.
        #[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
        #[expect(missing_docs, reason = "each is the response to the request of its name")]
        pub enum AnyResponse { $($name(<$name as $crate::request::Respond>::To)),+ }

        $(impl $crate::Request for $name {
            type Response = <$name as $crate::request::Respond>::To;
            fn into_any(self) -> AnyRequest {
                AnyRequest::$name(self)
            }
            fn any_response(response: Self::Response) -> AnyResponse {
                AnyResponse::$name(response)
            }
            fn response(any: AnyResponse) -> Option<Self::Response> {
                match any {
                    AnyResponse::$name(response) => Some(response),
                    _ => None,
                }
            }
        })+

        /// Gives a request to its handler.
        pub fn dispatch<H>(handler: &mut H, id: u32, request: AnyRequest) -> Reply<AnyResponse>
        where
            H: $($crate::Handle<$name> +)+
        {
            match request {
                $(AnyRequest::$name(request) => handler.handle(id, request).map(<$name as $crate::Request>::any_response)),+
            }
        }
    };
}
pub(crate) use requests;

/// Names a request's response, where the request is defined.
pub trait Respond {
    /// The response.
    type To;
}

impl<T> Reply<T> {
    /// The reply with its response turned into another form.
    pub fn map<U>(self, f: impl FnOnce(T) -> U) -> Reply<U> {
        match self {
            Reply::Now(response) => Reply::Now(f(response)),
            Reply::Later => Reply::Later,
            Reply::Dropped => Reply::Dropped,
        }
    }
}
