package bulwark.tasks.broker;

import bulwark.tasks.envelope.Message;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** One message that a consumer now holds. */
public sealed interface ReceivedMessage {
    Receipt receipt();

    /** The queue or broadcast channel it was taken from, which need not be the one that the envelope names. */
    String queue();

    /** Of earlier holders, oldest first; empty for a first delivery. */
    default List<HolderDeath> deaths() {
        return List.of();
    }

    /** @param limitsPassed it waited for its limits, and its start was taken out of them */
    record Delivery(
            Receipt receipt,
            String queue,
            Message message,
            boolean broadcast,
            List<HolderDeath> deaths,
            boolean limitsPassed)
            implements ReceivedMessage {
        public Delivery {
            deaths = List.copyOf(deaths);
        }

        /** For the first time. */
        public Delivery(Receipt receipt, String queue, Message message, boolean broadcast) {
            this(receipt, queue, message, broadcast, List.of(), false);
        }
    }

    /**
     * A message that is heavy in memory once it is read, for consumers who ask for such (see {@link TakeLimits#unread}).
     *
     * @param characters length of its text
     * @param weight about how many bytes it takes once it is read
     */
    record Unread(Receipt receipt, String queue, List<HolderDeath> deaths, long characters, long weight, Text text)
            implements ReceivedMessage {
        /** As it is stored. */
        public interface Text {
            /** @return a {@link Delivery} or {@link Malformed} */
            ReceivedMessage read();

            Malformed refuse(String reason);
        }
    }

    /**
     * A message that is no envelope: to be dead-lettered by the consumer that received it.
     *
     * @param fields as stored, together no longer than the longest envelope
     */
    record Malformed(Receipt receipt, String queue, Map<String, String> fields, String reason)
            implements ReceivedMessage {
        private static final Pattern ID = Pattern.compile("[\\p{Graph}&&[^\"\\\\]]{1,128}");
        private static final Pattern FIRST_MEMBER = Pattern.compile("\\{\"id\":\"(" + ID + ")\"");

        /** Whose it claims to be, as far as that can be read without reading the whole; else empty. */
        public String claimedTaskId() {
            return claimedTaskId(fields);
        }

        static String claimedTaskId(Map<String, String> fields) {
            String id = fields.get("id");
            if (id != null) {
                return ID.matcher(id).matches() ? id : "";
            }
            Matcher json = FIRST_MEMBER.matcher(
                    fields.size() == 1 ? fields.values().iterator().next() : "");
            return json.lookingAt() ? json.group(1) : "";
        }
    }
}
