package bulwark.gateway.control.state;

import org.jspecify.annotations.Nullable;

/**
 * Which objects of a list; what is null filters nothing.
 *
 * @param reference of objects that refer to this one
 */
public record ObjectFilter(@Nullable String state, @Nullable Reference reference) {
    public static final ObjectFilter ALL = new ObjectFilter(null, null);

    /** An object that another one names. */
    public record Reference(ObjectKind kind, String id) {
        String text() {
            return kind.word() + "/" + id;
        }
    }

    public static ObjectFilter of(Reference reference) {
        return new ObjectFilter(null, reference);
    }
}
