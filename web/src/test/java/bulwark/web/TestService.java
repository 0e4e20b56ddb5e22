package bulwark.web;

import bulwark.kernel.access.ApiKeys;
import bulwark.kernel.access.Principal;
import bulwark.kernel.metrics.Metrics;
import bulwark.kernel.quota.Quotas;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A part with routes in memory, whose wire form of a refusal is its code. */
final class TestService {
    static final Principal ANYBODY = new Principal("anon:trusted", "default", Set.of("read"), null);

    final Metrics metrics = new Metrics();
    final List<String> refusals = Collections.synchronizedList(new ArrayList<>());
    /** Of credentials that did not hold. */
    final List<String> details = Collections.synchronizedList(new ArrayList<>());

    final List<Route> routes = new ArrayList<>();
    Service.Limits limits = Service.Limits.defaults();
    Set<String> origins = Set.of();
    HeaderPolicy headers = HeaderPolicy.standard();
    Service.ClientCertificate clientCertificate = Service.ClientCertificate.REQUIRED;

    @Nullable
    ApiKeys keys;

    /** Instead of keys. */
    List<Authenticator> authenticators = List.of();

    Service.Errors errors = new Rendering();

    Quotas quotas = Quotas.of(Map.of(), Clock.systemUTC());

    @Nullable
    Principal anonymous = ANYBODY;

    TestService with(Route... more) {
        Collections.addAll(routes, more);
        return this;
    }

    Service build() {
        Service.Builder service = Service.builder("test", routes, metrics)
                .quotas(quotas)
                .errors(errors)
                .refusals(this::refused)
                .tlsOnly(path -> path.startsWith("/federation/"))
                .hosts(Set.of("node.example"))
                .clientCertificate(clientCertificate)
                .origins(origins)
                .headers(headers)
                .limits(limits);
        if (keys != null) {
            service.authenticators(new ApiKeyAuthenticator(keys));
        } else {
            service.authenticators(authenticators.toArray(Authenticator[]::new));
        }
        if (anonymous != null) {
            service.anonymous(anonymous);
        }
        return service.build();
    }

    private void refused(
            @Nullable Principal principal, String method, String path, String remote, EdgeRefusal refusal) {
        refusals.add((principal == null ? "-" : principal.entityUri()) + " " + refusal.code());
        if (refusal instanceof EdgeRefusal.BadCredentials bad) {
            details.add(bad.kind() + " " + bad.reason() + " " + bad.credentialId());
        }
    }

    static Response text(String text) {
        return Response.text(200, "text/plain", text);
    }

    static Handler echo() {
        return request -> text(new String(request.body(), StandardCharsets.UTF_8));
    }

    static final class Rendering implements Service.Errors {
        @Override
        public Response render(EdgeRefusal refusal) {
            Response response = Response.text(status(refusal), "text/plain", refusal.code());
            return refusal instanceof EdgeRefusal.MethodNotAllowed wrong
                    ? response.with("Allow", String.join(", ", wrong.allowed()))
                    : response;
        }

        @Override
        public Response render(Throwable thrown, String requestId) {
            return Response.text(500, "text/plain", "broken " + requestId);
        }

        private static int status(EdgeRefusal refusal) {
            return switch (refusal) {
                case EdgeRefusal.NotFound _ -> 404;
                case EdgeRefusal.MethodNotAllowed _ -> 405;
                case EdgeRefusal.NoCredentials _, EdgeRefusal.BadCredentials _ -> 401;
                case EdgeRefusal.PermissionMissing _, EdgeRefusal.OwnerOnly _ -> 403;
                case EdgeRefusal.QuotaExceeded _ -> 429;
                case EdgeRefusal.BodyTooLarge _, EdgeRefusal.TooComplex _ -> 413;
                case EdgeRefusal.ShareExhausted _ -> 429;
                case EdgeRefusal.ForeignOrigin _ -> 403;
                case EdgeRefusal.QueryTooBroad _ -> 422;
                case EdgeRefusal.HeadersTooLarge _ -> 431;
                case EdgeRefusal.UriTooLong _ -> 414;
                case EdgeRefusal.BadRequest _ -> 400;
                case EdgeRefusal.HostNotAllowed _, EdgeRefusal.TlsRequired _ -> 421;
                case EdgeRefusal.PeerNoLongerTrusted _, EdgeRefusal.KeyBoundElsewhere _ -> 401;
                case EdgeRefusal.Stopping _, EdgeRefusal.Overloaded _, EdgeRefusal.QueryTimedOut _ -> 503;
            };
        }
    }
}
