package bulwark.tasks.redis;

import bulwark.tasks.broker.FencingToken;
import bulwark.tasks.broker.Receipt;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Receipts as the scripts take them: first who holds where, once each, then entry and delivery of each receipt. */
final class ReceiptArguments {
    /** From so many on, one look at a range is cheaper than one at each entry. */
    private static final int RANGE_FROM = 4;

    private record ConsumerKey(String stream, String group, String consumer) {}

    private final Map<ConsumerKey, ReceiptRange> ranges = new LinkedHashMap<>();

    private static final class ReceiptRange {
        private final int number;
        private FencingToken first;
        private FencingToken last;
        private int size;

        ReceiptRange(int number, FencingToken only) {
            this.number = number;
            first = only;
            last = only;
        }

        void add(FencingToken token) {
            first = token.compareTo(first) < 0 ? token : first;
            last = token.compareTo(last) > 0 ? token : last;
            size++;
        }
    }

    ReceiptArguments(Collection<Receipt> receipts) {
        for (Receipt receipt : receipts) {
            FencingToken token = receipt.token();
            ranges.computeIfAbsent(consumerKey(receipt), ignored -> new ReceiptRange(ranges.size() + 1, token))
                    .add(token);
        }
    }

    private static ConsumerKey consumerKey(Receipt receipt) {
        return new ConsumerKey(receipt.stream(), receipt.group(), receipt.consumer());
    }

    void addTo(List<Object> arguments) {
        arguments.add(ranges.size());
        ranges.forEach((place, span) -> {
            arguments.add(place.stream);
            arguments.add(place.group);
            arguments.add(place.consumer);
            arguments.add(span.first.entryId());
            arguments.add(span.last.entryId());
            arguments.add(span.size < RANGE_FROM ? 0 : 4 * span.size);
        });
    }

    void add(List<Object> arguments, Receipt receipt) {
        ReceiptRange span = ranges.get(consumerKey(receipt));
        if (span == null) {
            throw new IllegalArgumentException("a receipt that was not announced");
        }
        arguments.add(span.number);
        arguments.add(receipt.entryId());
        arguments.add(receipt.delivery());
    }

    /** Everything of a list of receipts alone. */
    static List<Object> of(Collection<Receipt> receipts) {
        List<Object> arguments = new ArrayList<>();
        ReceiptArguments holdings = new ReceiptArguments(receipts);
        holdings.addTo(arguments);
        receipts.forEach(receipt -> holdings.add(arguments, receipt));
        return arguments;
    }
}
