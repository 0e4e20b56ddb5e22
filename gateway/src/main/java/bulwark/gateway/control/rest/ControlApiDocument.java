package bulwark.gateway.control.rest;

import bulwark.gateway.control.schema.BodySchema;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** The OpenAPI 3.1 document of a table of operations. Stateless. */
public final class ControlApiDocument {
    private static final Pattern PARAMETER = Pattern.compile("\\{([a-z_]+)}");
    private static final Map<Integer, String> MEANINGS = Map.ofEntries(
            Map.entry(200, "Done"),
            Map.entry(201, "Created"),
            Map.entry(202, "Taken, and carried out later"),
            Map.entry(204, "Done, nothing to say"),
            Map.entry(304, "Nothing newer"),
            Map.entry(400, "The request is malformed"),
            Map.entry(401, "The caller is not known"),
            Map.entry(403, "The caller may not do this"),
            Map.entry(404, "There is no such thing for this caller"),
            Map.entry(409, "What is stored stands against it"),
            Map.entry(413, "The body is too large"),
            Map.entry(415, "The body is no application/json"),
            Map.entry(422, "A field is wrong; the sentence names it"),
            Map.entry(429, "Too many calls"),
            Map.entry(503, "Not now; safe to repeat"));

    private ControlApiDocument() {}

    public static Map<String, Object> of(OperationTable table, String version) {
        SortedMap<String, Map<String, Object>> paths = new TreeMap<>();
        Map<String, BodySchema> schemas = new TreeMap<>();
        ControlErrors.SCHEMA.collect(schemas);
        for (ControlOperation operation : table.operations()) {
            paths.computeIfAbsent(operation.path(), path -> new LinkedHashMap<>())
                    .put(operation.method().toLowerCase(Locale.ROOT), operation(operation, schemas));
        }
        Map<String, Object> rendered = new LinkedHashMap<>();
        schemas.forEach((name, schema) -> rendered.put(name, schema.jsonSchema()));
        Map<String, Object> components = new LinkedHashMap<>();
        components.put("schemas", rendered);
        components.put("securitySchemes", securitySchemes());
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("openapi", "3.1.1");
        document.put("info", Map.of("title", "Control plane of the gateway", "version", version));
        document.put("jsonSchemaDialect", "https://json-schema.org/draft/2020-12/schema");
        document.put("paths", paths);
        document.put("components", components);
        return document;
    }

    private static Map<String, Object> securitySchemes() {
        Map<String, Object> schemes = new LinkedHashMap<>();
        schemes.put("token", Map.of("type", "http", "scheme", "bearer", "bearerFormat", "JWT"));
        schemes.put("operator_key", Map.of("type", "apiKey", "in", "header", "name", "X-Operator-Key"));
        schemes.put("service_key", Map.of("type", "apiKey", "in", "header", "name", "X-API-Key"));
        schemes.put(OperationTable.GATEWAY_KEY, Map.of("type", "apiKey", "in", "header", "name", "X-Gateway-Key"));
        return schemes;
    }

    private static Map<String, Object> operation(ControlOperation operation, Map<String, BodySchema> schemas) {
        Map<String, Object> described = new LinkedHashMap<>();
        described.put("summary", operation.summary());
        described.put("operationId", operationId(operation));
        described.put("security", security(operation));
        if (operation.access() instanceof ControlOperation.Access.Permitted permitted) {
            described.put("x-permission", permitted.permission().wireName());
        }
        List<Map<String, Object>> parameters = parameters(operation);
        if (!parameters.isEmpty()) {
            described.put("parameters", parameters);
        }
        BodySchema body = operation.body();
        if (body != null) {
            body.collect(schemas);
            Map<String, Object> content = Map.of("application/json", Map.of("schema", body.reference()));
            described.put(
                    "requestBody",
                    Map.of("required", body.fields().stream().anyMatch(f -> f.required()), "content", content));
        }
        described.put("responses", responses(operation, schemas));
        return described;
    }

    private static String operationId(ControlOperation operation) {
        String path = PARAMETER.matcher(operation.path()).replaceAll("by_$1");
        return operation.method().toLowerCase(Locale.ROOT) + path.replaceAll("[^a-z0-9_]+", "_");
    }

    private static List<Map<String, List<String>>> security(ControlOperation operation) {
        return switch (operation.access()) {
            case ControlOperation.Access.Open _ -> List.of();
            case ControlOperation.Access.OfGateway _ -> List.of(Map.of(OperationTable.GATEWAY_KEY, List.of()));
            case ControlOperation.Access.Permitted _ ->
                List.of(
                        Map.of("token", List.of()),
                        Map.of("operator_key", List.of()),
                        Map.of("service_key", List.of()));
        };
    }

    private static List<Map<String, Object>> parameters(ControlOperation operation) {
        List<Map<String, Object>> parameters = new ArrayList<>();
        PARAMETER.matcher(operation.path()).results().forEach(found -> {
            Map<String, Object> parameter = new LinkedHashMap<>();
            parameter.put("name", found.group(1));
            parameter.put("in", "path");
            parameter.put("required", true);
            parameter.put("schema", Map.of("type", "string"));
            parameters.add(parameter);
        });
        operation.query().forEach(field -> parameters.add(field.parameter()));
        return parameters;
    }

    private static Map<String, Object> responses(ControlOperation operation, Map<String, BodySchema> schemas) {
        SortedMap<String, Object> responses = new TreeMap<>();
        operation.answers().forEach((status, answer) -> {
            Map<String, Object> response = new LinkedHashMap<>();
            response.put("description", MEANINGS.getOrDefault(status, "Done"));
            BodySchema schema = answer.schema();
            if (schema != null) {
                schema.collect(schemas);
                response.put("content", Map.of(answer.contentType(), Map.of("schema", schema.reference())));
            } else if (!answer.contentType().isEmpty()) {
                response.put("content", Map.of(answer.contentType(), Map.of("schema", Map.of("type", "string"))));
            }
            responses.put(Integer.toString(status), response);
        });
        for (int status : refusals(operation)) {
            Map<String, Object> content =
                    Map.of("application/json", Map.of("schema", ControlErrors.SCHEMA.reference()));
            responses.putIfAbsent(
                    Integer.toString(status),
                    Map.of("description", String.valueOf(MEANINGS.get(status)), "content", content));
        }
        return responses;
    }

    private static List<Integer> refusals(ControlOperation operation) {
        List<Integer> statuses = new ArrayList<>(List.of(400, 413, 429, 503));
        if (!(operation.access() instanceof ControlOperation.Access.Open)) {
            statuses.addAll(List.of(401, 403));
        }
        if (operation.canBeAbsent()) {
            statuses.add(404);
        }
        boolean writes = !operation.method().equals("GET");
        if (operation.canConflict() || (writes && operation.tenancy() != ControlOperation.Tenancy.NONE)) {
            statuses.add(409);
        }
        if (writes) {
            statuses.add(415);
        }
        if (operation.body() != null || !operation.query().isEmpty() || writes) {
            statuses.add(422);
        }
        return statuses;
    }
}
