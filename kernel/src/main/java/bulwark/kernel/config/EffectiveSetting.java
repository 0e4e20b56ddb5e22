package bulwark.kernel.config;

import java.util.List;

/**
 * One row of {@code --show-config}.
 *
 * @param value secrets hidden; empty when unset
 * @param source {@code environment}, {@code .env}, the name of a {@code …_FILE} variable, {@code default} or {@code unset}
 * @param purpose what it is for
 */
public record EffectiveSetting(String name, String value, String source, String purpose) {
    /** Four columns with a line of titles. */
    public static List<String> table(List<EffectiveSetting> settings) {
        int name = width(settings.stream().map(EffectiveSetting::name).toList());
        int value = width(settings.stream().map(EffectiveSetting::value).toList());
        int source = width(settings.stream().map(EffectiveSetting::source).toList());
        String form = "%-" + name + "s  %-" + value + "s  %-" + source + "s  %s";
        List<String> lines = new java.util.ArrayList<>();
        lines.add(form.formatted("NAME", "VALUE", "SOURCE", "PURPOSE"));
        settings.forEach(s -> lines.add(form.formatted(s.name(), s.value(), s.source(), s.purpose())));
        return List.copyOf(lines);
    }

    /** One very long value does not push all the others out of sight. */
    private static int width(List<String> cells) {
        return Math.clamp(cells.stream().mapToInt(String::length).max().orElse(0), 6, 60);
    }
}
