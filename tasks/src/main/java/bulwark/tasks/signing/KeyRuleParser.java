package bulwark.tasks.signing;

import java.time.DateTimeException;
import java.time.Instant;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads {@code STEM_SIGNING_PURPOSES}: {@code id:purpose+purpose:from/until,…}, where the window, or a side of it ({@code ..}), may be absent. */
final class KeyRuleParser {
    static final String SETTING = "STEM_SIGNING_PURPOSES";
    private static final String OPEN = "..";

    private final List<String> faults;
    private final Map<String, KeyRule> rules = new LinkedHashMap<>();

    private KeyRuleParser(List<String> faults) {
        this.faults = faults;
    }

    /** @return a rule for each id that is named; empty when the setting is */
    static Map<String, KeyRule> read(@Nullable String text, List<String> faults) {
        KeyRuleParser parser = new KeyRuleParser(faults);
        for (String entry : text == null ? new String[0] : text.split(",")) {
            if (!entry.isBlank()) {
                parser.add(entry.strip().split(":", 3));
            }
        }
        return parser.rules;
    }

    private void add(String[] parts) {
        String id = parts[0].strip();
        if (parts.length < 2 || id.isEmpty()) {
            faults.add(SETTING + " must read id:tasks,id:control or id:tasks+control:from/until");
            return;
        }
        Set<KeyPurpose> purposes = EnumSet.noneOf(KeyPurpose.class);
        for (String word : parts[1].split("\\+", -1)) {
            Arrays.stream(KeyPurpose.values())
                    .filter(purpose -> purpose.word().equals(word.strip()))
                    .findFirst()
                    .ifPresentOrElse(
                            purposes::add,
                            () -> faults.add(
                                    SETTING + ": a purpose of the key \"" + id + "\" is not tasks or control"));
        }
        Instant[] window = parts.length == 3 ? window(id, parts[2].strip()) : new Instant[2];
        if (rules.put(id, new KeyRule(purposes, window[0], window[1])) != null) {
            faults.add(SETTING + " names the key \"" + id + "\" twice");
        }
    }

    private @Nullable Instant[] window(String id, String text) {
        @Nullable Instant[] window = new Instant[2];
        String[] sides = text.split("/", -1);
        try {
            if (sides.length != 2) {
                throw new DateTimeException("no interval");
            }
            for (int i = 0; i < 2; i++) {
                String side = sides[i].strip();
                window[i] = side.isEmpty() || side.equals(OPEN) ? null : Instant.parse(side);
            }
            Instant from = window[0];
            Instant until = window[1];
            if (from != null && until != null && !from.isBefore(until)) {
                faults.add(SETTING + ": the time of the key \"" + id + "\" ends before it begins");
            }
        } catch (DateTimeException e) {
            faults.add(SETTING + ": the time of the key \"" + id
                    + "\" does not read from/until, as in 2026-01-01T00:00:00Z/2027-01-01T00:00:00Z");
        }
        return window;
    }
}
