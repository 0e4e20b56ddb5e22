package bulwark.gateway.control.rest;

import bulwark.gateway.control.schema.BodySchema;
import bulwark.gateway.control.state.PageRequest;
import bulwark.gateway.permission.Permission;
import bulwark.web.Response;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** One method and path of the control plane: who may call it, what it takes and what it answers. Immutable once it is declared. */
public final class ControlOperation {
    /** Who may call. */
    public sealed interface Access {
        /** Anybody. */
        record Open() implements Access {}

        /** Every caller of a tenant that has the permission. */
        record Permitted(Permission permission) implements Access {}

        /** A gateway, by its key. */
        record OfGateway() implements Access {}
    }

    /** Where the tenant of a call comes from. */
    public enum Tenancy {
        /** The operation concerns the platform, or says itself. */
        NONE,
        /** The path names it. */
        PATH,
        /** It is the caller's own; a platform administrator names one with {@code ?tenant=}. */
        CALLER
    }

    /** Answers one call. */
    @FunctionalInterface
    public interface CallHandler {
        Response handle(ControlCall call);
    }

    private final String method;
    private final String path;
    private final String summary;
    private final Access access;
    private Tenancy tenancy = Tenancy.NONE;
    private boolean bySubscriptionKey;
    private boolean platform;
    private boolean conflicts;
    private @Nullable BodySchema body;
    private @Nullable CallHandler handler;
    private final List<QueryField> query = new ArrayList<>();
    private final SortedMap<Integer, Answer> answers = new TreeMap<>();

    /** @param schema null for an answer without a body */
    record Answer(String contentType, @Nullable BodySchema schema) {}

    private ControlOperation(String method, String path, String summary, Access access) {
        this.method = method;
        this.path = path;
        this.summary = summary;
        this.access = access;
        if (path.contains("{tenant}")) {
            tenancy = Tenancy.PATH;
        }
    }

    /** @param summary what it does, for the OpenAPI document */
    public static ControlOperation permitted(String method, String path, Permission permission, String summary) {
        return new ControlOperation(method, path, summary, new Access.Permitted(permission));
    }

    public static ControlOperation open(String method, String path, String summary) {
        return new ControlOperation(method, path, summary, new Access.Open());
    }

    public static ControlOperation ofGateway(String method, String path, String summary) {
        return new ControlOperation(method, path, summary, new Access.OfGateway());
    }

    /** The caller's own tenant, or the one that a platform administrator names with {@code ?tenant=}. */
    public ControlOperation ofCallersTenant() {
        tenancy = Tenancy.CALLER;
        return text("tenant", 64);
    }

    /** Of the platform: whoever is no platform administrator gets no further, whatever its permissions. */
    public ControlOperation ofPlatform() {
        platform = true;
        return this;
    }

    /** A subscription's own key may call too. */
    public ControlOperation bySubscriptionKey() {
        bySubscriptionKey = true;
        return this;
    }

    public ControlOperation takes(BodySchema schema) {
        body = schema;
        return this;
    }

    /** What is stored may stand against it: 409. */
    public ControlOperation conflicts() {
        conflicts = true;
        return this;
    }

    public ControlOperation answers(int status, BodySchema schema) {
        answers.put(status, new Answer("application/json", schema));
        return this;
    }

    public ControlOperation answersNothing() {
        answers.put(204, new Answer("", null));
        return this;
    }

    public ControlOperation answersText(String contentType) {
        answers.put(200, new Answer(contentType, null));
        return this;
    }

    public ControlOperation text(String name, int max) {
        query.add(new QueryField(name, false, 0, max, List.of(), false));
        return this;
    }

    public ControlOperation choice(String name, List<String> choices) {
        query.add(new QueryField(name, false, 0, 64, choices, false));
        return this;
    }

    public ControlOperation number(String name, long min, long max) {
        query.add(new QueryField(name, true, min, max, List.of(), false));
        return this;
    }

    public ControlOperation time(String name) {
        query.add(new QueryField(name, false, 0, 40, List.of(), true));
        return this;
    }

    /** A list, a page at a time. @param item of the list */
    public ControlOperation pages(BodySchema item) {
        number("page", 1, PageRequest.MAX_PAGE);
        number("page_size", 1, PageRequest.MAX_SIZE);
        return answers(200, page(item));
    }

    private static BodySchema page(BodySchema item) {
        return PageSchema.of(item);
    }

    public ControlOperation handledBy(CallHandler handling) {
        handler = handling;
        return this;
    }

    public String method() {
        return method;
    }

    public String path() {
        return path;
    }

    public String summary() {
        return summary;
    }

    public Access access() {
        return access;
    }

    public Tenancy tenancy() {
        return tenancy;
    }

    public boolean isOfPlatform() {
        return platform;
    }

    boolean takesSubscriptionKey() {
        return bySubscriptionKey;
    }

    public @Nullable BodySchema body() {
        return body;
    }

    boolean canConflict() {
        return conflicts;
    }

    List<QueryField> query() {
        return query;
    }

    /** By status. */
    Map<Integer, Answer> answers() {
        return new LinkedHashMap<>(answers);
    }

    CallHandler handler() {
        if (handler == null) {
            throw new IllegalStateException("nothing handles " + method + " " + path);
        }
        return handler;
    }

    /** Whether the path names something that may be absent. */
    boolean canBeAbsent() {
        return path.contains("{") || tenancy != Tenancy.NONE || body != null;
    }
}
