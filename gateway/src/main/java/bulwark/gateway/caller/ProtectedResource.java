package bulwark.gateway.caller;

import bulwark.gateway.endpoint.EndpointRequest;
import bulwark.gateway.endpoint.EndpointResponse;
import bulwark.gateway.endpoint.GatewayEndpoint;
import bulwark.kernel.json.StrictJson;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** {@code /.well-known/oauth-protected-resource} (RFC 9728): whose tokens this gateway takes and how they are sent. Public, the same for everybody. Immutable. */
public final class ProtectedResource implements GatewayEndpoint {
    public static final String PATH = "/.well-known/oauth-protected-resource";

    private static final List<String> SCOPES =
            List.of("openid", "profile", "email", "stoa:read", "stoa:write", "stoa:admin");

    private final byte[] document;

    public ProtectedResource(CallerSettings settings) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("resource", settings.externalUrl());
        if (settings.keySet().isPresent()) {
            fields.put("authorization_servers", List.of(settings.issuer()));
        }
        fields.put("scopes_supported", SCOPES);
        fields.put("bearer_methods_supported", List.of("header"));
        if (settings.proofs().enabled()) {
            fields.put("dpop_signing_alg_values_supported", List.of("ES256", "ES384", "PS256", "RS256", "EdDSA"));
            fields.put(
                    "dpop_bound_access_tokens_required",
                    settings.proofs().required() || settings.sender().proofRequired());
        }
        fields.put("tls_client_certificate_bound_access_tokens", true);
        this.document = StrictJson.text(fields).getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public EndpointResponse answer(EndpointRequest request) {
        return request.method().equals("GET") || request.method().equals("HEAD")
                ? new EndpointResponse(
                        200,
                        "application/json",
                        document,
                        List.of("Cache-Control", "public, max-age=300", "Access-Control-Allow-Origin", "*"))
                : new EndpointResponse(405, "", new byte[0], List.of("Allow", "GET, HEAD"));
    }
}
