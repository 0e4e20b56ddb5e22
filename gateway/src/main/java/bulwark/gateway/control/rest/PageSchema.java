package bulwark.gateway.control.rest;

import bulwark.gateway.control.schema.BodySchema;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The schema of a page of each kind of item: one for each, so that the OpenAPI document names it once. Thread-safe. */
final class PageSchema {
    private static final Map<BodySchema, BodySchema> MADE = new ConcurrentHashMap<>();
    private static final int MAX_ITEMS = 500;

    private PageSchema() {}

    static BodySchema of(BodySchema item) {
        return MADE.computeIfAbsent(
                item,
                of -> BodySchema.of(of.name() + "Page")
                        .objects("items", MAX_ITEMS, of)
                        .number("total", 0, Long.MAX_VALUE)
                        .number("page", 1, Integer.MAX_VALUE)
                        .number("page_size", 1, MAX_ITEMS)
                        .flag("has_more"));
    }
}
