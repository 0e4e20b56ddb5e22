package bulwark.gateway.route;

import bulwark.gateway.route.ApiRoute.Balancing;
import bulwark.gateway.route.ApiRoute.Callers;
import bulwark.gateway.route.ApiRoute.EvidenceMode;
import bulwark.gateway.route.ApiRoute.Timeouts;
import bulwark.gateway.route.ApiRoute.Upstream;
import bulwark.gateway.route.ApiRoute.UpstreamHttp;
import bulwark.kernel.json.JsonFields;
import bulwark.kernel.json.StrictJson;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The one form of a route, in requests, files, the store and snapshots: fields as in the record, with underscores. All faults are told at once, each by the name of its field. What
 * was read and is written reads as the same route.
 */
public final class RouteJson {
    /** A control plane makes ids of the names of a tenant and of an API. */
    private static final int MAX_ID = 200;

    private static final int MAX_UPSTREAMS = 1_000;
    private static final Duration MAX_TIMEOUT = Duration.ofHours(24);
    private static final Duration MIN_TIMEOUT = Duration.ofMillis(1);
    private static final Set<String> NOT_FORWARDED = Set.of("CONNECT", "TRACE");
    private static final Set<String> CLASSIFICATIONS = Set.of("H", "VH", "VVH");

    private RouteJson() {}

    /** @throws RoutesRefused with every fault */
    public static ApiRoute parse(byte[] utf8) {
        JsonNode node;
        try {
            node = StrictJson.parse(utf8);
        } catch (StrictJson.DuplicateKey e) {
            throw new RoutesRefused(List.of("the document names a field twice; keep one"));
        } catch (StrictJson.JsonRefused e) {
            throw new RoutesRefused(List.of(String.valueOf(e.getMessage())));
        }
        List<String> faults = new ArrayList<>();
        ApiRoute route = read(node, "", faults);
        if (!faults.isEmpty()) {
            throw new RoutesRefused(faults);
        }
        return route;
    }

    /**
     * @param where what stands before the names of the fields in a sentence
     * @param faults is added to; the route is good only when nothing was
     */
    public static ApiRoute read(JsonNode node, String where, List<String> faults) {
        JsonFields fields = JsonFields.of(node, where, faults);
        String id = fields.text("id", MAX_ID, RouteJson::isIdentifier, "must be of A-Z, a-z, 0-9, '.', '_' and '-'");
        String pathPrefix = PathPrefix.read(fields);
        List<Upstream> upstreams = fields.objects("upstreams", MAX_UPSTREAMS, RouteJson::upstream);
        String backendUrl = BackendUrl.read(fields, "backend_url");
        if (fields.flag("trusted_backend", false)) {
            fields.fault(
                    "trusted_backend",
                    "must be false: no route is exempt from the address guard; an operator allows a range with STOA_SSRF__ALLOWED_CIDRS");
        }
        ApiRoute route = new ApiRoute(
                id,
                fields.text("name", 200, id),
                identifier(fields, "tenant_id", "default"),
                pathPrefix,
                backendUrl,
                methods(fields),
                fields.text("spec_hash", 200, ""),
                fields.flag("activated", true),
                classification(fields),
                fields.optionalText("contract_key", 200),
                fields.choice("upstream_http_version", UpstreamHttp.class, UpstreamHttp.AUTO),
                RouteTls.read(fields),
                upstreams,
                fields.choice("load_balancer", Balancing.class, Balancing.ROUND_ROBIN),
                fields.flag("allow_encoded_slash", false),
                EvidenceWord.read(fields),
                fields.choice("callers", Callers.class, Callers.KNOWN),
                fields.flag("forward_authorization", false),
                timeouts(fields));
        if (fields.has(RouteTls.FIELD)
                && route.targets().stream().noneMatch(upstream -> upstream.url().startsWith("https:"))) {
            fields.fault(RouteTls.FIELD, "must not be given beside http URLs alone; use https, or leave it out");
        }
        fields.end();
        return route;
    }

    private static String identifier(JsonFields fields, String name, String fallback) {
        String text = fields.text(name, 128, fallback);
        if (!isIdentifier(text)) {
            fields.fault(name, "must be of A-Z, a-z, 0-9, '.', '_' and '-'");
        }
        return text;
    }

    static boolean isIdentifier(String text) {
        return !text.isEmpty()
                && !text.startsWith(".")
                && text.chars()
                        .allMatch(c -> c >= 'A' && c <= 'Z'
                                || c >= 'a' && c <= 'z'
                                || c >= '0' && c <= '9'
                                || c == '.'
                                || c == '_'
                                || c == '-');
    }

    private static Upstream upstream(JsonFields fields) {
        String url = BackendUrl.read(fields, "url");
        int weight = (int) fields.wholeNumber("weight", 1, 1_000, 1);
        String path = fields.optionalText("health_check_path", 1_000);
        if (path != null && !isTarget(path)) {
            fields.fault("health_check_path", "must be a path that begins with '/', percent-encoded");
        }
        fields.end();
        return new Upstream(url, weight, path);
    }

    private static boolean isTarget(String path) {
        try {
            TargetPath.of(path);
            return true;
        } catch (PathRefused e) {
            return false;
        }
    }

    private static Set<String> methods(JsonFields fields) {
        List<String> methods = fields.texts("methods", 32, 32);
        for (String method : methods) {
            if (!method.chars().allMatch(c -> c >= 'A' && c <= 'Z' || c == '-')) {
                fields.fault("methods", "must be names in capital letters such as GET");
            } else if (NOT_FORWARDED.contains(method)) {
                fields.fault("methods", "must not hold " + method + ", which the gateway never forwards");
            }
        }
        return Set.copyOf(methods);
    }

    private static @Nullable String classification(JsonFields fields) {
        String text = fields.optionalText("classification", 8);
        if (text != null && !CLASSIFICATIONS.contains(text)) {
            fields.fault("classification", "must be one of H, VH, VVH");
        }
        return text;
    }

    private static Timeouts timeouts(JsonFields fields) {
        Timeouts fallback = Timeouts.DEFAULT;
        return fields.object("timeouts")
                .map(times -> {
                    Timeouts read = new Timeouts(
                            times.duration("connect", MIN_TIMEOUT, MAX_TIMEOUT, fallback.connect()),
                            times.duration("first_byte", MIN_TIMEOUT, MAX_TIMEOUT, fallback.firstByte()),
                            times.duration("idle", Duration.ZERO, MAX_TIMEOUT, fallback.idle()),
                            times.duration("total", Duration.ZERO, MAX_TIMEOUT, fallback.total()));
                    times.end();
                    return read;
                })
                .orElse(fallback);
    }

    /** Every field, those of no value left out; for {@link StrictJson#write}. */
    public static Map<String, Object> fields(ApiRoute route) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("id", route.id());
        fields.put("name", route.name());
        fields.put("tenant_id", route.tenantId());
        fields.put("path_prefix", route.pathPrefix());
        fields.put("backend_url", route.backendUrl());
        fields.put("methods", route.methods().stream().sorted().toList());
        fields.put("spec_hash", route.specHash());
        fields.put("activated", route.activated());
        if (route.classification() != null) {
            fields.put("classification", route.classification());
        }
        route.contract().ifPresent(key -> fields.put("contract_key", key));
        fields.put("upstream_http_version", JsonFields.word(route.upstreamHttpVersion()));
        if (!route.upstreamTls().equals(RouteTls.STANDARD)) {
            fields.put(RouteTls.FIELD, route.upstreamTls().fields());
        }
        fields.put(
                "upstreams", route.upstreams().stream().map(RouteJson::fields).toList());
        fields.put("load_balancer", JsonFields.word(route.loadBalancer()));
        fields.put("allow_encoded_slash", route.allowEncodedSlash());
        fields.put("evidence", EvidenceWord.of(route.evidence()));
        fields.put("callers", JsonFields.word(route.callers()));
        fields.put("forward_authorization", route.forwardAuthorization());
        fields.put("timeouts", fields(route.timeouts()));
        return fields;
    }

    private static Map<String, Object> fields(Upstream upstream) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("url", upstream.url());
        fields.put("weight", upstream.weight());
        if (upstream.healthCheckPath() != null) {
            fields.put("health_check_path", upstream.healthCheckPath());
        }
        return fields;
    }

    private static Map<String, Object> fields(Timeouts timeouts) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("connect", timeouts.connect().toMillis() + "ms");
        fields.put("first_byte", timeouts.firstByte().toMillis() + "ms");
        fields.put("idle", timeouts.idle().toMillis() + "ms");
        fields.put("total", timeouts.total().toMillis() + "ms");
        return fields;
    }

    /** The same mode under the hyphen that people write. */
    private static final class EvidenceWord {
        static String of(EvidenceMode mode) {
            return JsonFields.word(mode).replace('_', '-');
        }

        static EvidenceMode read(JsonFields fields) {
            String word = fields.text("evidence", 20, of(EvidenceMode.REQUIRED));
            for (EvidenceMode mode : EvidenceMode.values()) {
                if (of(mode).equals(word)) {
                    return mode;
                }
            }
            fields.fault("evidence", "must be one of required, best-effort");
            return EvidenceMode.REQUIRED;
        }
    }
}
