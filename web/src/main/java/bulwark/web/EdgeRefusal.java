package bulwark.web;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

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

    /**
     * @param kinds of the authenticators that the route takes, in their order
     * @param challenges values of {@code WWW-Authenticate}, one for each kind that has such a value
     */
    record NoCredentials(List<String> kinds, List<String> challenges) implements EdgeRefusal {
        @Override
        public String code() {
            return "no_credentials";
        }
    }

    /**
     * The wire tells the sentence at most; evidence has the reason.
     *
     * @param kind of the {@link Authenticator}
     * @param reason a stable word: {@code unknown}, {@code revoked}, {@code expired}, {@code malformed} or another one of the authenticator's
     * @param credentialId of the credential that was, or null when there is none
     * @param challenge value of {@code WWW-Authenticate}, or null for none
     */
    record BadCredentials(
            String kind,
            String reason,
            @Nullable String credentialId,
            String sentence,
            @Nullable String challenge) implements EdgeRefusal {
        static BadCredentials of(Authenticator authenticator, Authenticator.Outcome.Refused refused) {
            return new BadCredentials(
                    authenticator.kind(),
                    refused.reason(),
                    refused.credentialId(),
                    refused.sentence(),
                    refused.challenge());
        }

        @Override
        public String code() {
            return "bad_credentials";
        }
    }

    /** A key that is bound to a client certificate came without it. The wire tells no more than for an unknown key. */
    record KeyBoundElsewhere() implements EdgeRefusal {
        @Override
        public String code() {
            return "key_bound_elsewhere";
        }
    }

    record PermissionMissing(String permission, String method, String path) implements EdgeRefusal {
        @Override
        public String code() {
            return "permission_missing";
        }
    }

    /** On the owner's socket: the user is right, and the process is not the owner's. @param sentence with the remedy */
    record OwnerOnly(String sentence) implements EdgeRefusal {
        @Override
        public String code() {
            return "owner_only";
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

    /** The caller's own requests hold too much memory together; others are served. Safe to repeat after a second. */
    record ShareExhausted() implements EdgeRefusal {
        @Override
        public String code() {
            return "share_exhausted";
        }
    }

    /** One request whose content would need more memory than any caller may hold. */
    record TooComplex() implements EdgeRefusal {
        @Override
        public String code() {
            return "too_complex";
        }
    }

    /** A page of another origin asks through somebody's browser, where nobody is asked who calls or the browser itself sends the credential. */
    record ForeignOrigin() implements EdgeRefusal {
        @Override
        public String code() {
            return "foreign_origin";
        }
    }

    /** A query ran for too long and was stopped. @param seconds how long it may run */
    record QueryTimedOut(int seconds) implements EdgeRefusal {
        @Override
        public String code() {
            return "query_timed_out";
        }
    }

    /** A query would have to look at too many rows. */
    record QueryTooBroad() implements EdgeRefusal {
        @Override
        public String code() {
            return "query_too_broad";
        }
    }
}
