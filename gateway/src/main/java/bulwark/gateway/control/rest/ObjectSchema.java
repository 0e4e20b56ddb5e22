package bulwark.gateway.control.rest;

import bulwark.gateway.control.schema.BodySchema;
import java.util.regex.Pattern;

/** What answers about every kind of object have, and the forms of names. */
public final class ObjectSchema {
    /** Names that stand in paths and host names. */
    public static final Pattern SLUG = Pattern.compile("[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?");

    public static final String SLUG_MUST =
            "must be of a-z, 0-9 and hyphens, begin and end with a letter or digit, and have at most 63 characters";

    public static final Pattern EMAIL = Pattern.compile("[^@\\s]{1,64}@[^@\\s]{1,190}");
    public static final String EMAIL_MUST = "must be an address such as team@example.org";

    private ObjectSchema() {}

    /** @param fields of the kind; the members that every object has are added */
    public static BodySchema of(String name, BodySchema fields) {
        BodySchema common = BodySchema.of(name)
                .text("id", 64)
                .text("tenant_id", 64)
                .text("name", 200)
                .text("status", 40);
        BodySchema last = BodySchema.of(name)
                .number("revision", 1, Long.MAX_VALUE)
                .time("created_at")
                .time("updated_at");
        BodySchema own = BodySchema.of(name);
        for (var field : fields.fields()) {
            if (!field.name().equals("name") && !field.name().equals("id")) {
                own = own.with(field);
            }
        }
        return common.and(name, own.optional(name)).and(name, last);
    }
}
