package bulwark.tasks.broker;

import bulwark.tasks.envelope.EnvelopeCodec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One holder of a message that died, or fell silent for a lease, before it settled the message. Stores keep a line of text for each of the latest {@value #MAX_KEPT}; whatever a store
 * holds, no more than that is read of it.
 *
 * @param delivery which delivery it was, from 1
 * @param worker consumer name of the holder
 * @param at when the next consumer took the message over
 */
public record HolderDeath(long delivery, String worker, Instant at) {
    /** Of one message, the latest ones. */
    public static final int MAX_KEPT = 16;

    public static final int MAX_WORKER_CHARS = 128;
    /** Characters of the lines of one message together. */
    public static final int MAX_LINES_CHARS = MAX_KEPT * 256;

    private static final Pattern LINE = Pattern.compile("(\\d{1,18})\t(\\d{1,18})\t(.*)");

    public HolderDeath {
        worker = EnvelopeCodec.cut(worker, MAX_WORKER_CHARS);
    }

    public String line() {
        return delivery + "\t" + at.toEpochMilli() + "\t" + worker.replaceAll("[\t\n]", "?") + "\n";
    }

    /** The lines with one more. @param lines so far, or null */
    public String appendedTo(@Nullable String lines) {
        return recent((lines == null ? "" : lines) + line());
    }

    /** The latest, oldest first. Lines that are none are left out. */
    public static List<HolderDeath> parse(@Nullable String lines) {
        List<HolderDeath> deaths = new ArrayList<>();
        for (String line : lines == null ? new String[0] : recent(lines).split("\n", -1)) {
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

    /** The end of the text, from the beginning of a line on. */
    private static String recent(String lines) {
        int from = lines.length() - 1;
        for (int kept = 0; kept < MAX_KEPT && from >= 0; kept++) {
            int before = lines.lastIndexOf('\n', from - 1);
            if (lines.length() - (before + 1) > MAX_LINES_CHARS) {
                break;
            }
            from = before;
        }
        return lines.substring(from + 1);
    }
}
