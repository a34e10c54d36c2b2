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

/// What a handler replies to a request.
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

/// Makes of a file's requests, each with its response, the enums that travel and the dispatch to handlers. The order is part
/// of the protocol: it numbers the messages.
macro_rules! requests {
    ($subject:ident, $any_request:ident, $any_response:ident; $($name:ident -> $response:ty),+ $(,)?) => {
        /// Any request of this file.
        #[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
        #[expect(missing_docs, reason = "each is the request of its name")]
        pub enum $any_request { $($name($name)),+ }

        /// Any response to a request of this file.
        #[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
        #[expect(missing_docs, reason = "each is the response to the request of its name")]
        pub enum $any_response { $($name($response)),+ }

        $(impl $crate::Request for $name {
            type Response = $response;
            fn into_any(self) -> $crate::AnyRequest {
                $crate::AnyRequest::$subject($any_request::$name(self))
            }
            fn any_response(response: Self::Response) -> $crate::AnyResponse {
                $crate::AnyResponse::$subject($any_response::$name(response))
            }
            fn response(any: $crate::AnyResponse) -> Option<Self::Response> {
                match any {
                    $crate::AnyResponse::$subject($any_response::$name(response)) => Some(response),
                    _ => None,
                }
            }
        })+

        /// Has a handler for every request of this file.
        pub trait Handler: $($crate::Handle<$name> +)+ {}
        impl<H: $($crate::Handle<$name> +)+> Handler for H {}

        /// Gives a request to its handler.
        pub(crate) fn dispatch<H: Handler>(
            handler: &mut H,
            id: u32,
            request: $any_request,
        ) -> $crate::Reply<$crate::AnyResponse> {
            match request {
                $($any_request::$name(request) => {
                    handler.handle(id, request).map(<$name as $crate::Request>::any_response)
                })+
            }
        }
    };
}
pub(crate) use requests;

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
