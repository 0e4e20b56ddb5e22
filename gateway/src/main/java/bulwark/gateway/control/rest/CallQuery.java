package bulwark.gateway.control.rest;

import bulwark.gateway.control.schema.BodyRefused;
import bulwark.kernel.error.PrintableText;
import bulwark.web.Request;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** The query string of one call, checked against the operation's declaration. Immutable. */
final class CallQuery {
    private static final Pattern WHOLE = Pattern.compile("[0-9]{1,18}");

    private final Map<String, String> texts;

    private CallQuery(Map<String, String> texts) {
        this.texts = texts;
    }

    /** @throws BodyRefused with every parameter that is wrong */
    static CallQuery of(ControlOperation operation, Request request) {
        Map<String, String> texts = new HashMap<>();
        List<String> faults = new ArrayList<>();
        for (QueryField field : operation.query()) {
            List<String> given = request.queryAll(field.name());
            if (given.size() > 1) {
                faults.add(field.name() + " must be given once");
            } else if (!given.isEmpty()) {
                fault(field, given.getFirst())
                        .ifPresentOrElse(
                                must -> faults.add(field.name() + " " + must),
                                () -> texts.put(field.name(), given.getFirst()));
            }
        }
        if (!faults.isEmpty()) {
            throw new BodyRefused(faults);
        }
        return new CallQuery(Map.copyOf(texts));
    }

    private static Optional<String> fault(QueryField field, String text) {
        if (field.number()) {
            boolean whole = WHOLE.matcher(text).matches();
            return whole && Long.parseLong(text) >= field.min() && Long.parseLong(text) <= field.max()
                    ? Optional.empty()
                    : Optional.of("must be a whole number from " + field.min() + " to " + field.max());
        }
        if (field.time()) {
            return bulwark.web.QueryParameters.instantOf(text).isPresent()
                    ? Optional.empty()
                    : Optional.of("must be a time such as 2026-01-31T12:00:00Z");
        }
        if (!field.choices().isEmpty() && !field.choices().contains(text)) {
            return Optional.of("must be one of " + String.join(", ", field.choices()));
        }
        if (text.length() > field.max()) {
            return Optional.of("must have at most " + field.max() + " characters");
        }
        return PrintableText.line(text).equals(text)
                ? Optional.empty()
                : Optional.of("holds a control character or one that turns the text around; leave it out");
    }

    Optional<String> text(String name) {
        return Optional.ofNullable(texts.get(name));
    }

    long number(String name, long fallback) {
        return text(name).map(Long::parseLong).orElse(fallback);
    }

    Optional<Instant> time(String name) {
        return text(name).flatMap(bulwark.web.QueryParameters::instantOf);
    }
}
