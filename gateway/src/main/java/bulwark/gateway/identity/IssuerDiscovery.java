package bulwark.gateway.identity;

import bulwark.gateway.fetch.GuardedFetch;
import bulwark.kernel.json.StrictJson;
import bulwark.kernel.network.TargetRefused;
import bulwark.kernel.network.TargetUrl;
import java.io.IOException;
import tools.jackson.databind.JsonNode;

/** The key set of an issuer that says where it is: {@code jwks_uri} of its metadata (OpenID Connect Discovery 1.0 §4). */
public final class IssuerDiscovery {
    /** Behind the issuer's URL. */
    public static final String PATH = "/.well-known/openid-configuration";

    private IssuerDiscovery() {}

    /**
     * Blocks for two fetches.
     *
     * @param metadata URL of the document
     * @param issuer that the document must name, so that no other issuer's keys are taken
     * @throws IOException with a sentence
     */
    public static byte[] keySet(GuardedFetch fetch, TargetUrl metadata, String issuer) throws IOException {
        JsonNode document;
        try {
            document = StrictJson.parse(fetch.get(metadata));
        } catch (StrictJson.JsonRefused e) {
            throw new IOException("the metadata of the issuer is no JSON: " + e.getMessage(), e);
        }
        if (!issuer.equals(document.path("issuer").asString(""))) {
            throw new IOException("the metadata at " + metadata + " names another issuer than STOA_JWT_ISSUER");
        }
        TargetUrl keys;
        try {
            keys = TargetUrl.parse(document.path("jwks_uri").asString(""));
        } catch (TargetRefused e) {
            throw new IOException("jwks_uri of the issuer cannot be used: " + e.getMessage(), e);
        }
        if (metadata.scheme().equals("https") && !keys.scheme().equals("https")) {
            throw new IOException("jwks_uri of the issuer does not begin with https://");
        }
        return fetch.get(keys);
    }
}
