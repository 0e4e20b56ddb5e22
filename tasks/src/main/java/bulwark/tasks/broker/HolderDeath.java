package bulwark.tasks.broker;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One holder of a message that died, or fell silent for a lease, before it settled the message. Stores keep a line of text for each.
 *
 * @param delivery which delivery it was, from 1
 * @param worker consumer name of the holder
 * @param at when the next consumer took the message over
 */
public record HolderDeath(long delivery, String worker, Instant at) {
    private static final Pattern LINE = Pattern.compile("(\\d{1,18})\t(\\d{1,18})\t(.*)");

    public String line() {
        return delivery + "\t" + at.toEpochMilli() + "\t" + worker.replaceAll("[\t\n]", "?") + "\n";
    }

    /** Lines that are none are left out. */
    public static List<HolderDeath> parse(@Nullable String lines) {
        List<HolderDeath> deaths = new ArrayList<>();
        for (String line : lines == null ? new String[0] : lines.split("\n", -1)) {
            Matcher parts = LINE.matcher(line);
            if (parts.matches()) {
                deaths.add(new HolderDeath(
                        Long.parseLong(parts.group(1)),
                        parts.group(3),
                        Instant.ofEpochMilli(Long.parseLong(parts.group(2)))));
            }
        }
        return deaths;
    }
}
