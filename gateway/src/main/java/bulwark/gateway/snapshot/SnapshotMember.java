package bulwark.gateway.snapshot;

import bulwark.gateway.identity.TokenRevocation;
import bulwark.gateway.policy.ApiPolicy;
import bulwark.gateway.policy.PolicyJson;
import bulwark.gateway.route.ApiRoute;
import bulwark.gateway.route.RouteJson;
import bulwark.kernel.json.CanonicalJson;
import bulwark.kernel.json.JsonFields;
import bulwark.kernel.quota.QuotaPlan;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/**
 * One of the lists of a snapshot: how its elements are read and written, wherever they come from. Immutable.
 *
 * @param <T> an element
 */
final class SnapshotMember<T> {
    static final SnapshotMember<SnapshotAuthority> AUTHORITIES = new SnapshotMember<>(
            "authorities",
            10_000,
            fieldsOf(SnapshotAuthority::read),
            object(SnapshotAuthority::members),
            GatewaySnapshot::authorities);
    static final SnapshotMember<SnapshotCertificate> CERTIFICATES = new SnapshotMember<>(
            "certificates",
            200_000,
            fieldsOf(SnapshotCertificate::read),
            object(SnapshotCertificate::members),
            GatewaySnapshot::certificates);
    static final SnapshotMember<SnapshotClient> CLIENTS = new SnapshotMember<>(
            "clients",
            200_000,
            fieldsOf(SnapshotClient::read),
            object(SnapshotClient::members),
            GatewaySnapshot::clients);
    static final SnapshotMember<SnapshotKey> KEYS = new SnapshotMember<>(
            "keys", 200_000, fieldsOf(SnapshotKey::read), object(SnapshotKey::members), GatewaySnapshot::keys);
    static final SnapshotMember<String> OPEN_ROUTES = new SnapshotMember<>(
            "open_routes", 20_000, SnapshotMember::routeId, SnapshotMember::quoted, GatewaySnapshot::openRoutes);
    static final SnapshotMember<QuotaPlan> PLANS = new SnapshotMember<>(
            "plans", 20_000, fieldsOf(SnapshotPlan::read), object(SnapshotPlan::members), GatewaySnapshot::plans);
    static final SnapshotMember<ApiPolicy> POLICIES = new SnapshotMember<>(
            "policies", 20_000, PolicyJson::read, object(PolicyJson::fields), GatewaySnapshot::policies);
    static final SnapshotMember<TokenRevocation> REVOCATIONS = new SnapshotMember<>(
            "revocations",
            20_000,
            fieldsOf(SnapshotRevocation::read),
            object(SnapshotRevocation::members),
            GatewaySnapshot::revocations);
    static final SnapshotMember<ApiRoute> ROUTES =
            new SnapshotMember<>("routes", 20_000, RouteJson::read, object(RouteJson::fields), GatewaySnapshot::routes);

    /** By name. */
    static final List<SnapshotMember<?>> ALL =
            List.of(AUTHORITIES, CERTIFICATES, CLIENTS, KEYS, OPEN_ROUTES, PLANS, POLICIES, REVOCATIONS, ROUTES);

    static final List<String> NAMES = ALL.stream().map(SnapshotMember::name).toList();

    /** Those that stand in a statement when they are empty, too. */
    private static final List<String> ALWAYS = List.of("keys", "plans", "revocations", "routes");

    private static final Pattern ROUTE_ID = Pattern.compile("[A-Za-z0-9._-]{1,256}");

    private final String name;
    private final int max;
    private final ElementReader<T> reader;
    private final Function<T, String> writer;
    private final Function<GatewaySnapshot, List<T>> of;

    /** Adds to the faults what is wrong. */
    private interface ElementReader<T> {
        T read(JsonNode node, String where, List<String> faults);
    }

    private SnapshotMember(
            String name,
            int max,
            ElementReader<T> reader,
            Function<T, String> writer,
            Function<GatewaySnapshot, List<T>> of) {
        this.name = name;
        this.max = max;
        this.reader = reader;
        this.writer = writer;
        this.of = of;
    }

    private static <T> ElementReader<T> fieldsOf(Function<JsonFields, T> reader) {
        return (node, where, faults) -> reader.apply(JsonFields.of(node, where, faults));
    }

    private static <T> Function<T, String> object(Function<T, Map<String, Object>> members) {
        return element -> latin1(CanonicalJson.bytes(members.apply(element)));
    }

    static String quoted(String text) {
        StringBuilder out = new StringBuilder();
        CanonicalJson.append(out, text);
        return latin1(out.toString().getBytes(StandardCharsets.UTF_8));
    }

    private static String latin1(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    private static String routeId(JsonNode node, String where, List<String> faults) {
        if (node.isString() && ROUTE_ID.matcher(node.stringValue()).matches()) {
            return node.stringValue();
        }
        faults.add(where.substring(0, where.length() - 1) + " must be the id of a route");
        return "";
    }

    static SnapshotMember<?> named(String name) {
        return ALL.get(NAMES.indexOf(name));
    }

    String name() {
        return name;
    }

    int max() {
        return max;
    }

    /** Whether an empty list stands in the statement. */
    boolean isAlways() {
        return ALWAYS.contains(name);
    }

    List<T> of(GatewaySnapshot snapshot) {
        return of.apply(snapshot);
    }

    /** As it stands in a statement, each byte a character. */
    String text(T element) {
        return writer.apply(element);
    }

    /** As {@link #text}, of an element that was sent. */
    String sentText(JsonNode element) {
        return element.isString() ? quoted(element.stringValue()) : latin1(CanonicalJson.bytes(element));
    }

    /** @param faults is added to; the element is good only when nothing was */
    T read(JsonNode element, int index, List<String> faults) {
        return reader.read(element, name + "[" + index + "].", faults);
    }

    /**
     * The list of a whole statement.
     *
     * @param known elements that need no reading
     */
    List<T> readAll(JsonFields fields, JsonNode statement, List<String> faults, KnownElements known) {
        List<T> elements = new ArrayList<>();
        if (!fields.has(name) && !name.equals(ROUTES.name)) {
            return elements;
        }
        JsonNode list = statement.path(name);
        if (!list.isArray() || list.size() > max) {
            fields.fault(name, "must be a list of at most " + max);
            return elements;
        }
        int index = 0;
        for (JsonNode node : list) {
            T found = known.of(this, index);
            elements.add(found != null ? found : read(node, index, faults));
            index++;
        }
        return elements;
    }
}
