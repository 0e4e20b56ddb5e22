package bulwark.gateway.refusal;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Why a call is answered by the gateway and not by its backend. {@link GatewayWireErrors} gives each its status and text. */
public sealed interface GatewayRefusal {
    /** Stable; label of metrics, header {@code X-Stoa-Refusal}, reason in decision records. */
    String code();

    /** The request's head or body breaks HTTP or is ambiguous; the connection is closed. @param sentence names what is wrong */
    record MalformedRequest(String sentence) implements GatewayRefusal {
        @Override
        public String code() {
            return "malformed_request";
        }
    }

    /** The path may be read in two ways. @param sentence names what is ambiguous */
    record AmbiguousPath(String sentence) implements GatewayRefusal {
        @Override
        public String code() {
            return "ambiguous_path";
        }
    }

    record VersionNotSupported() implements GatewayRefusal {
        @Override
        public String code() {
            return "version_not_supported";
        }
    }

    record MethodNotImplemented() implements GatewayRefusal {
        @Override
        public String code() {
            return "method_not_implemented";
        }
    }

    record TargetTooLong(int maxBytes) implements GatewayRefusal {
        @Override
        public String code() {
            return "target_too_long";
        }
    }

    record HeadersTooLarge(int maxBytes, int maxFields) implements GatewayRefusal {
        @Override
        public String code() {
            return "headers_too_large";
        }
    }

    record BodyTooLarge(long maxBytes) implements GatewayRefusal {
        @Override
        public String code() {
            return "body_too_large";
        }
    }

    /** The client was too slow. */
    record RequestTimeout() implements GatewayRefusal {
        @Override
        public String code() {
            return "request_timeout";
        }
    }

    record NoRoute() implements GatewayRefusal {
        @Override
        public String code() {
            return "no_route";
        }
    }

    record RouteNotActivated() implements GatewayRefusal {
        @Override
        public String code() {
            return "route_not_activated";
        }
    }

    /** @param allowed methods, for the header {@code Allow} */
    record MethodNotAllowed(Set<String> allowed) implements GatewayRefusal {
        public MethodNotAllowed {
            allowed = Set.copyOf(allowed);
        }

        @Override
        public String code() {
            return "method_not_allowed";
        }
    }

    /**
     * The caller is not known.
     *
     * @param code for instance {@code token_expired}
     * @param sentence for the caller, for instance {@code Token expired}
     * @param challenge value of {@code WWW-Authenticate}, or null
     */
    record Unauthenticated(
            String code, String sentence, @Nullable String challenge) implements GatewayRefusal {}

    /**
     * The caller is known and may not do this.
     *
     * @param sentence for the caller
     * @param challenge value of {@code WWW-Authenticate}, or null
     */
    record Forbidden(String code, String sentence, @Nullable String challenge) implements GatewayRefusal {}

    /**
     * What must come with the credential has not come, or does not belong to it: a client certificate, a proof of possession.
     *
     * @param status 401 or 403
     * @param detail for the caller
     * @param profile security profile that asks for it, or null
     * @param challenge value of {@code WWW-Authenticate}, or null
     */
    record SenderNotShown(
            int status,
            String code,
            String detail,
            @Nullable String profile,
            @Nullable String challenge) implements GatewayRefusal {}

    /** One source presents too many credentials that were never seen before. @param retryAfterSeconds at least 1 */
    record TooManyNewCredentials(long retryAfterSeconds) implements GatewayRefusal {
        @Override
        public String code() {
            return "too_many_new_credentials";
        }
    }

    /** @param retryAfterSeconds when a call may pass again, at least 1 */
    record QuotaExceeded(String sentence, long retryAfterSeconds) implements GatewayRefusal {
        @Override
        public String code() {
            return "quota_exceeded";
        }
    }

    /** As many event streams are open as may be. */
    record TooManyStreams() implements GatewayRefusal {
        @Override
        public String code() {
            return "too_many_streams";
        }
    }

    /** A policy of the route forbids the call. @param status 400 to 499 */
    record PolicyDenied(String policy, int status, String sentence) implements GatewayRefusal {
        @Override
        public String code() {
            return "policy_denied";
        }
    }

    /**
     * Something that the decision needs cannot be had: key set, quota store, evidence.
     *
     * @param code for instance {@code evidence_unavailable}
     * @param retryAfterSeconds at least 1
     */
    record Unavailable(String code, String sentence, long retryAfterSeconds) implements GatewayRefusal {}

    /** The address guard stopped the connection. @param reason its code; the sentence goes to log and evidence, not to the caller */
    record BackendBlocked(String reason, String sentence) implements GatewayRefusal {
        @Override
        public String code() {
            return "backend_blocked";
        }
    }

    record NoUpstream() implements GatewayRefusal {
        @Override
        public String code() {
            return "no_upstream";
        }
    }

    record CircuitOpen(String upstream, long retryAfterSeconds) implements GatewayRefusal {
        @Override
        public String code() {
            return "circuit_open";
        }
    }

    record GatewayTimeout() implements GatewayRefusal {
        @Override
        public String code() {
            return "gateway_timeout";
        }
    }

    record ConnectFailed() implements GatewayRefusal {
        @Override
        public String code() {
            return "connect_failed";
        }
    }

    /** The backend's answer breaks HTTP, or its connection broke. @param sentence for log and evidence */
    record BadGateway(String sentence) implements GatewayRefusal {
        @Override
        public String code() {
            return "bad_gateway";
        }
    }

    /** The process takes no new calls: it stops, or its memory is short. */
    record Overloaded(String code, String sentence) implements GatewayRefusal {}

    /** A fault of ours; the log has it under the trace id. */
    record InternalError() implements GatewayRefusal {
        @Override
        public String code() {
            return "internal_error";
        }
    }
}
