package bulwark.seats.route;

import bulwark.web.FieldError;
import bulwark.web.FieldsRefused;
import bulwark.web.Request;
import bulwark.web.RequestBody;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What a route takes. A member that no rule names is refused by its name: one that nobody reads would be taken for done. Immutable. */
public record RequestRules(List<FieldRule> query, List<FieldRule> body) {
    public static final RequestRules NOTHING = new RequestRules(List.of(), List.of());

    public RequestRules {
        query = List.copyOf(query);
        body = List.copyOf(body);
    }

    public static RequestRules body(FieldRule... rules) {
        return new RequestRules(List.of(), List.of(rules));
    }

    public static RequestRules query(FieldRule... rules) {
        return new RequestRules(List.of(rules), List.of());
    }

    /** @throws FieldsRefused with everything that is wrong */
    Map<String, String> parameters(Request request) {
        List<FieldError> errors = new ArrayList<>();
        List<String> known = FieldRule.names(query);
        request.queryNames().stream()
                .filter(name -> !known.contains(name))
                .forEach(name -> errors.add(new FieldError(
                        List.of("query", name),
                        FieldError.UNKNOWN,
                        "is not a parameter of this request" + (known.isEmpty() ? "" : ", which has " + known),
                        null,
                        null)));
        Map<String, String> values = new LinkedHashMap<>();
        for (FieldRule rule : query) {
            List<String> given = request.queryAll(rule.name());
            if (given.size() > 1) {
                errors.add(FieldError.invalid(List.of("query", rule.name()), "must be given once", null));
            } else if (!given.isEmpty()) {
                problem(rule, given.getFirst())
                        .ifPresentOrElse(
                                problem -> errors.add(FieldError.invalid(List.of("query", rule.name()), problem, null)),
                                () -> values.put(rule.name(), given.getFirst()));
            }
        }
        if (!errors.isEmpty()) {
            throw new FieldsRefused(errors);
        }
        return values;
    }

    private static java.util.Optional<String> problem(FieldRule rule, String text) {
        return switch (rule.kind()) {
            case WHOLE_NUMBER ->
                text.matches("[0-9]{1,9}") && Long.parseLong(text) >= rule.min() && Long.parseLong(text) <= rule.max()
                        ? java.util.Optional.empty()
                        : java.util.Optional.of("must be a whole number from " + rule.min() + " to " + rule.max());
            case FLAG ->
                text.equals("true") || text.equals("false")
                        ? java.util.Optional.empty()
                        : java.util.Optional.of("must be true or false");
            case TEXT, TEXTS ->
                rule.form() == null && (text.length() < rule.min() || text.length() > rule.max())
                        ? java.util.Optional.of("must have " + rule.min() + " to " + rule.max() + " characters")
                        : rule.problem(text);
        };
    }

    /** @throws FieldsRefused with everything that is wrong */
    Map<String, Object> fields(byte[] json) {
        if (json.length == 0 && body.stream().noneMatch(FieldRule::required)) {
            return Map.of();
        }
        String[] secrets =
                body.stream().filter(FieldRule::secret).map(FieldRule::name).toArray(String[]::new);
        RequestBody sent = RequestBody.parse(json, secrets);
        Set<String> known = new LinkedHashSet<>(FieldRule.names(body));
        sent.only(known);
        Map<String, Object> values = new LinkedHashMap<>();
        for (FieldRule rule : body) {
            read(sent, rule, values);
        }
        sent.check();
        return values;
    }

    private static void read(RequestBody sent, FieldRule rule, Map<String, Object> values) {
        if (sent.holdsNull(rule.name())) {
            sent.invalid(rule.name(), "must not be null");
            return;
        }
        if (!rule.required() && !sent.has(rule.name())) {
            return;
        }
        switch (rule.kind()) {
            case FLAG -> values.put(rule.name(), sent.flag(rule.name(), false));
            case WHOLE_NUMBER ->
                values.put(rule.name(), sent.wholeNumber(rule.name(), rule.min(), rule.min(), rule.max()));
            case TEXT -> {
                String text = sent.text(rule.name(), rule.min(), rule.max());
                if (sent.has(rule.name()) && !text.isEmpty()) {
                    rule.problem(text).ifPresent(problem -> sent.invalid(rule.name(), problem));
                } else if (sent.has(rule.name()) && rule.form() != null) {
                    sent.invalid(rule.name(), String.valueOf(rule.must()));
                }
                values.put(rule.name(), text);
            }
            case TEXTS -> {
                List<String> texts = sent.texts(rule.name());
                if (sent.has(rule.name()) && (texts.size() < rule.min() || texts.size() > rule.max())) {
                    sent.invalid(rule.name(), "must have " + rule.min() + " to " + rule.max() + " elements");
                }
                texts.stream()
                        .flatMap(text -> rule.problem(text).stream())
                        .findFirst()
                        .ifPresent(problem -> sent.invalid(rule.name(), problem));
                values.put(rule.name(), texts);
            }
        }
    }
}
