package bulwark.gateway.caller;

import static bulwark.kernel.config.Setting.Kind.COUNT;
import static bulwark.kernel.config.Setting.Kind.FLAG;
import static bulwark.kernel.config.Setting.Kind.LIST;
import static bulwark.kernel.config.Setting.Kind.TEXT;

import bulwark.gateway.identity.IssuerDiscovery;
import bulwark.gateway.identity.LocalTokenIssuer;
import bulwark.gateway.possession.CertificateHeader;
import bulwark.gateway.possession.MtlsPolicy;
import bulwark.gateway.possession.ProofPolicy;
import bulwark.gateway.possession.SenderPolicy;
import bulwark.kernel.config.Configuration;
import bulwark.kernel.config.SettingFindings;
import bulwark.kernel.config.SettingsTable;
import bulwark.kernel.network.IpPrefix;
import bulwark.kernel.network.TargetRefused;
import bulwark.kernel.network.TargetUrl;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What an operator says of identity, read once. Immutable.
 *
 * @param issuer claim {@code iss} of tokens
 * @param keySet where the issuer's keys are fetched; empty while tokens are issued locally
 * @param discovers whether that URL is of the issuer's metadata, which says where the keys are
 * @param audiences of which a token must name one
 * @param externalUrl without a slash at its end
 */
public record CallerSettings(
        String issuer,
        Optional<TargetUrl> keySet,
        boolean discovers,
        Set<String> audiences,
        boolean adminAlias,
        Duration keySetCooldown,
        Duration keySetMaxAge,
        long firstSightsPerSecond,
        MtlsPolicy mtls,
        ProofPolicy proofs,
        int rememberedProofs,
        SenderPolicy sender,
        String externalUrl) {
    private static final String KEYCLOAK = "STOA_KEYCLOAK_URL";
    private static final String ISSUER = "STOA_JWT_ISSUER";
    private static final String REALM = "STOA_KEYCLOAK_REALM";
    private static final String INTERNAL = "STOA_KEYCLOAK_INTERNAL_URL";
    private static final String PROXIES = "STOA_MTLS__TRUSTED_PROXIES";
    private static final String EXTERNAL = "STOA_GATEWAY_EXTERNAL_URL";
    private static final String MTLS = "STOA_MTLS__ENABLED";
    private static final String DPOP = "STOA_DPOP__ENABLED";

    /** Declares what is read of tokens: by gateways and by control planes. */
    public static void addTokenSettings(SettingsTable table) {
        table.add(
                        "KEYCLOAK_URL",
                        TEXT,
                        "",
                        "Keycloak as clients see it, whose tokens are accepted; unset: tokens of stoa token issue")
                .add("KEYCLOAK_REALM", TEXT, "", "realm of the tokens")
                .add("KEYCLOAK_INTERNAL_URL", TEXT, "", "URL under which this process fetches the key set")
                .add(
                        "JWT_ISSUER",
                        TEXT,
                        "",
                        "issuer of tokens where it is no Keycloak: its URL, under which its OpenID metadata lies")
                .add("ALLOWED_AUDIENCES", LIST, "stoa-mcp-gateway,account", "audiences of which a token must name one")
                .add(
                        "RBAC__ADMIN_ALIAS",
                        FLAG,
                        "false",
                        "the role name admin means cpi-admin; Keycloak gives that name to its own administrators")
                .add("JWKS__COOLDOWN_SECS", COUNT, "30", "one fetch of the key set in this time, whatever comes")
                .add("JWKS__MAX_AGE_SECS", COUNT, "300", "age at which the key set is fetched again")
                .add(
                        "TOKENS__FIRST_SIGHT_PER_SEC",
                        COUNT,
                        "50",
                        "tokens never seen before that one source may present a second");
    }

    /** @throws IllegalArgumentException when {@link #check} would have refused */
    public static CallerSettings of(Configuration settings) {
        String keycloak = withoutSlash(settings.text(KEYCLOAK));
        String internal = withoutSlash(settings.text(INTERNAL));
        String realm = "/realms/" + settings.text(REALM);
        String other = settings.text(ISSUER);
        boolean discovers = !other.isEmpty();
        boolean local = keycloak.isEmpty() && !discovers;
        String keys = (internal.isEmpty() ? keycloak : internal) + realm + "/protocol/openid-connect/certs";
        return new CallerSettings(
                discovers ? other : local ? LocalTokenIssuer.ISSUER : keycloak + realm,
                local ? Optional.empty() : Optional.of(url(discovers ? metadata(other) : keys)),
                discovers,
                Set.copyOf(settings.list("STOA_ALLOWED_AUDIENCES")),
                settings.flag("STOA_RBAC__ADMIN_ALIAS"),
                Duration.ofSeconds(settings.count("STOA_JWKS__COOLDOWN_SECS")),
                Duration.ofSeconds(settings.count("STOA_JWKS__MAX_AGE_SECS")),
                settings.count("STOA_TOKENS__FIRST_SIGHT_PER_SEC"),
                mtls(settings),
                proofs(settings),
                (int) Math.min(Integer.MAX_VALUE, settings.count("STOA_DPOP__JTI_CACHE_MAX")),
                sender(settings),
                withoutSlash(settings.text(EXTERNAL)));
    }

    /** Where this process reaches Keycloak, without a slash at its end; empty for none. */
    public static String keycloak(Configuration settings) {
        String internal = withoutSlash(settings.text(INTERNAL));
        return internal.isEmpty() ? withoutSlash(settings.text(KEYCLOAK)) : internal;
    }

    private static String metadata(String issuer) {
        return withoutSlash(issuer) + IssuerDiscovery.PATH;
    }

    private static MtlsPolicy mtls(Configuration settings) {
        return new MtlsPolicy(
                settings.flag(MTLS),
                settings.flag("STOA_MTLS__REQUIRE_BINDING"),
                bySemicolons(settings, PROXIES).stream().map(IpPrefix::parse).toList(),
                Set.copyOf(bySemicolons(settings, "STOA_MTLS__ALLOWED_ISSUERS")),
                bySemicolons(settings, "STOA_MTLS__REQUIRED_ROUTES"),
                settings.flag("STOA_MTLS__TENANT_FROM_DN"),
                CertificateHeader.names(settings));
    }

    private static ProofPolicy proofs(Configuration settings) {
        return new ProofPolicy(
                settings.flag(DPOP),
                settings.flag("STOA_DPOP__REQUIRED"),
                Duration.ofSeconds(settings.count("STOA_DPOP__MAX_AGE_SECS")),
                Duration.ofSeconds(settings.count("STOA_DPOP__CLOCK_SKEW_SECS")),
                Duration.ofSeconds(settings.count("STOA_DPOP__JTI_CACHE_TTL_SECS")));
    }

    private static SenderPolicy sender(Configuration settings) {
        boolean enabled = settings.flag("STOA_SENDER_CONSTRAINT__ENABLED");
        return new SenderPolicy(
                enabled && settings.flag("STOA_SENDER_CONSTRAINT__DPOP_REQUIRED"),
                enabled && settings.flag("STOA_SENDER_CONSTRAINT__MTLS_REQUIRED"));
    }

    /** Every fault, each with its remedy. */
    public static void check(Configuration settings, SettingFindings findings) {
        checkUrls(settings, findings, List.of(EXTERNAL));
        checkTokens(settings, findings);
        if (settings.count("STOA_DPOP__JTI_CACHE_MAX") == 0) {
            findings.refuse("STOA_DPOP__JTI_CACHE_MAX must be 1 or more");
        }
        checkPossession(settings, findings);
    }

    private static void checkUrls(Configuration settings, SettingFindings findings, List<String> names) {
        for (String name : names) {
            String text = settings.text(name);
            if (!text.isEmpty()) {
                checkUrl(name, text, findings);
            }
        }
    }

    /** Of access tokens alone, for a process that takes no proofs of possession. */
    public static void checkTokens(Configuration settings, SettingFindings findings) {
        checkUrls(settings, findings, List.of(KEYCLOAK, INTERNAL, ISSUER));
        if (!settings.text(ISSUER).isEmpty() && !settings.text(KEYCLOAK).isEmpty()) {
            findings.refuse(ISSUER + " and " + KEYCLOAK + " name two issuers, and one is trusted; keep one");
        }
        if (settings.text(KEYCLOAK).isEmpty() != settings.text(REALM).isEmpty()) {
            findings.refuse(KEYCLOAK + " and " + REALM + " belong together; set both, or neither for local tokens");
        }
        if (settings.list("STOA_ALLOWED_AUDIENCES").isEmpty()) {
            findings.refuse("STOA_ALLOWED_AUDIENCES names no audience, so that no token could be accepted");
        }
        for (String name :
                List.of("STOA_JWKS__COOLDOWN_SECS", "STOA_JWKS__MAX_AGE_SECS", "STOA_TOKENS__FIRST_SIGHT_PER_SEC")) {
            if (settings.count(name) == 0) {
                findings.refuse(name + " must be 1 or more");
            }
        }
    }

    private static void checkPossession(Configuration settings, SettingFindings findings) {
        CertificateHeader.check(settings, findings);
        for (String proxy : bySemicolons(settings, PROXIES)) {
            try {
                IpPrefix.parse(proxy);
            } catch (IllegalArgumentException e) {
                findings.refuse(PROXIES + ": " + e.getMessage());
            }
        }
        if (settings.flag(MTLS) && bySemicolons(settings, PROXIES).isEmpty()) {
            findings.refuse(MTLS + " is on and " + PROXIES
                    + " names no proxy whose headers may be believed; set it to the addresses of your proxies");
        }
        long good = settings.count("STOA_DPOP__MAX_AGE_SECS") + settings.count("STOA_DPOP__CLOCK_SKEW_SECS");
        if (settings.count("STOA_DPOP__JTI_CACHE_TTL_SECS") < good) {
            findings.refuse("STOA_DPOP__JTI_CACHE_TTL_SECS is less than the " + good
                    + " seconds in which a proof is good, so that it could be sent twice; raise it");
        }
        boolean demanded = settings.flag("STOA_SENDER_CONSTRAINT__DPOP_REQUIRED")
                || settings.flag("STOA_SENDER_CONSTRAINT__MTLS_REQUIRED");
        if (settings.flag("STOA_SENDER_CONSTRAINT__ENABLED")) {
            if (!settings.flag(MTLS) && !settings.flag(DPOP)) {
                findings.refuse("STOA_SENDER_CONSTRAINT__ENABLED is on with neither " + MTLS + " nor " + DPOP
                        + "; switch one of them on");
            }
        } else if (demanded) {
            findings.refuse("STOA_SENDER_CONSTRAINT__DPOP_REQUIRED and __MTLS_REQUIRED hold only while"
                    + " STOA_SENDER_CONSTRAINT__ENABLED is on; switch it on");
        }
    }

    private static void checkUrl(String name, String text, SettingFindings findings) {
        try {
            TargetUrl.parse(text);
        } catch (TargetRefused e) {
            findings.refuse(name + ": " + e.getMessage());
        }
    }

    private static TargetUrl url(String text) {
        try {
            return TargetUrl.parse(text);
        } catch (TargetRefused e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    private static List<String> bySemicolons(Configuration settings, String name) {
        return Arrays.stream(settings.text(name).split(";"))
                .map(String::strip)
                .filter(text -> !text.isEmpty())
                .toList();
    }

    private static String withoutSlash(String url) {
        return url.endsWith("/") ? url.substring(0, url.length() - 1) : url;
    }

    /** Absolute URL of the protected resource's metadata (RFC 9728). */
    public String resourceMetadata() {
        return externalUrl + "/.well-known/oauth-protected-resource";
    }
}
