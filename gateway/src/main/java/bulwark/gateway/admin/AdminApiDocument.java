package bulwark.gateway.admin;

import bulwark.kernel.json.PlainJson;
import bulwark.kernel.json.StrictJson;
import bulwark.web.Route;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * OpenAPI 3.1 of the admin API: methods, paths and the refusals that follow from them come from the route table, what a route takes and answers from {@code admin-api.json} beside this class. A
 * route without a description, or a description without a route, keeps the API from starting.
 */
final class AdminApiDocument {
    private static final String RESOURCE = "admin-api.json";
    private static final Pattern PARAMETER = Pattern.compile("\\{([a-z_]+)}");
    private static final String JSON = "application/json";

    private AdminApiDocument() {}

    /** The document as JSON members. @throws IllegalStateException naming what does not fit */
    static Map<String, Object> of(List<Route> routes) {
        JsonNode written = written();
        JsonNode operations = written.path("operations");
        Map<String, Map<String, Object>> paths = new TreeMap<>();
        TreeSet<String> undescribed = new TreeSet<>();
        TreeSet<String> unserved = new TreeSet<>();
        operations.propertyNames().forEach(unserved::add);
        for (Route route : routes) {
            String name = route.method() + " " + route.path();
            JsonNode operation = operations.path(name);
            unserved.remove(name);
            if (!operation.isObject()) {
                undescribed.add(name);
            } else {
                paths.computeIfAbsent(route.path(), path -> new LinkedHashMap<>())
                        .put(route.method().toLowerCase(java.util.Locale.ROOT), operation(route.path(), operation));
            }
        }
        if (!undescribed.isEmpty() || !unserved.isEmpty()) {
            throw new IllegalStateException(RESOURCE + " must describe every route: it lacks " + undescribed
                    + ", and nothing serves " + unserved);
        }
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("openapi", "3.1.0");
        document.put(
                "info",
                Map.of(
                        "title",
                        "Admin API of the gateway",
                        "version",
                        "0.1.0",
                        "description",
                        "Every call bears the admin token and leaves an audit row. A refusal names the field and has changed nothing."));
        document.put("security", List.of(Map.of("admin_token", List.of())));
        document.put("paths", paths);
        Map<String, Object> components = new LinkedHashMap<>();
        components.put("securitySchemes", Map.of("admin_token", Map.of("type", "http", "scheme", "bearer")));
        components.put("schemas", PlainJson.object(written.path("schemas")));
        document.put("components", components);
        return document;
    }

    private static Map<String, Object> operation(String path, JsonNode written) {
        Map<String, Object> operation = new LinkedHashMap<>();
        operation.put("summary", written.path("summary").stringValue());
        List<Map<String, Object>> parameters = new ArrayList<>();
        for (MatchResult found : PARAMETER.matcher(path).results().toList()) {
            parameters.add(parameter(found.group(1), "path", true));
        }
        for (JsonNode name : written.path("query")) {
            parameters.add(parameter(name.stringValue(), "query", false));
        }
        if (!parameters.isEmpty()) {
            operation.put("parameters", parameters);
        }
        if (written.has("body")) {
            operation.put(
                    "requestBody",
                    Map.of(
                            "required",
                            !written.path("body_optional").asBoolean(false),
                            "content",
                            content(written.path("body"))));
        }
        operation.put("responses", responses(written, !parameters.isEmpty()));
        return operation;
    }

    private static Map<String, Object> parameter(String name, String in, boolean required) {
        Map<String, Object> parameter = new LinkedHashMap<>();
        parameter.put("name", name);
        parameter.put("in", in);
        parameter.put("required", required);
        parameter.put("schema", Map.of("type", "string"));
        return parameter;
    }

    private static Map<String, Object> content(JsonNode schema) {
        return Map.of(JSON, Map.of("schema", reference(schema)));
    }

    /** A name is a schema of the document; a name in a list is a list of such. */
    private static Map<String, Object> reference(JsonNode schema) {
        return schema.isArray()
                ? Map.of("type", "array", "items", reference(Objects.requireNonNull(schema.get(0))))
                : Map.of("$ref", "#/components/schemas/" + schema.stringValue());
    }

    private static Map<String, Object> responses(JsonNode written, boolean named) {
        Map<String, Object> responses = new TreeMap<>();
        for (JsonNode status : written.path("status")) {
            Map<String, Object> response = new LinkedHashMap<>();
            response.put("description", status.intValue() < 400 ? "Done." : "Not done; nothing has changed.");
            @Nullable JsonNode answer = status.intValue() < 400 ? written.get("answer") : null;
            if (status.intValue() != 204) {
                response.put("content", answer == null ? error() : content(answer));
            }
            responses.put(Integer.toString(status.intValue()), response);
        }
        if (written.has("body")) {
            responses.putIfAbsent("400", refused("A field is wrong; errors names each, and nothing has changed."));
            responses.putIfAbsent("413", refused("The body is too large."));
        }
        if (named) {
            responses.putIfAbsent("404", refused("There is nothing of this name."));
        }
        responses.put("401", Map.of("description", "The admin token is missing or not valid; the body is empty."));
        responses.put("429", refused("Too many calls from this address."));
        responses.put("503", refused("The admin API is switched off, or cannot answer now."));
        return responses;
    }

    private static Map<String, Object> refused(String description) {
        return Map.of("description", description, "content", error());
    }

    private static Map<String, Object> error() {
        return Map.of(JSON, Map.of("schema", Map.of("$ref", "#/components/schemas/Error")));
    }

    private static JsonNode written() {
        try (InputStream in = AdminApiDocument.class.getResourceAsStream(RESOURCE)) {
            return StrictJson.parse(Objects.requireNonNull(in, RESOURCE).readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
