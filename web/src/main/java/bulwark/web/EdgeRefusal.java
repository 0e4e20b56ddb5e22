package bulwark.web;

import java.util.Set;

/** Why the edge itself refuses a request, before any handler. Each part renders these in its own wire form. */
public sealed interface EdgeRefusal {
    /** Stable code, used as metric label and in evidence. */
    String code();

    record NotFound() implements EdgeRefusal {
        @Override
        public String code() {
            return "not_found";
        }
    }

    record MethodNotAllowed(Set<String> allowed) implements EdgeRefusal {
        @Override
        public String code() {
            return "method_not_allowed";
        }
    }

    record NoCredentials() implements EdgeRefusal {
        @Override
        public String code() {
            return "no_credentials";
        }
    }

    record BadCredentials() implements EdgeRefusal {
        @Override
        public String code() {
            return "bad_credentials";
        }
    }

    record PermissionMissing(String permission, String method, String path) implements EdgeRefusal {
        @Override
        public String code() {
            return "permission_missing";
        }
    }

    record QuotaExceeded(String dimension, String principal, double retryAfter) implements EdgeRefusal {
        @Override
        public String code() {
            return "quota_exceeded";
        }
    }

    record BodyTooLarge(long limit) implements EdgeRefusal {
        @Override
        public String code() {
            return "body_too_large";
        }
    }

    record HeadersTooLarge() implements EdgeRefusal {
        @Override
        public String code() {
            return "headers_too_large";
        }
    }

    record UriTooLong() implements EdgeRefusal {
        @Override
        public String code() {
            return "uri_too_long";
        }
    }

    record BadRequest(String sentence) implements EdgeRefusal {
        @Override
        public String code() {
            return "bad_request";
        }
    }

    record HostNotAllowed(String host) implements EdgeRefusal {
        @Override
        public String code() {
            return "host_not_allowed";
        }
    }

    /** The open connection's certificate is no longer trusted. */
    record PeerNoLongerTrusted() implements EdgeRefusal {
        @Override
        public String code() {
            return "peer_no_longer_trusted";
        }
    }

    /** A path that only the mutual-TLS listener serves. */
    record TlsRequired() implements EdgeRefusal {
        @Override
        public String code() {
            return "tls_required";
        }
    }

    record Stopping() implements EdgeRefusal {
        @Override
        public String code() {
            return "stopping";
        }
    }

    /** Too much work is in hand; safe to repeat after a second. */
    record Overloaded() implements EdgeRefusal {
        @Override
        public String code() {
            return "overloaded";
        }
    }
}
