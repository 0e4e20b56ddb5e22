package bulwark.gateway.opensearch;

import bulwark.gateway.fetch.FetchAnswer;
import bulwark.gateway.fetch.FetchRequest;
import bulwark.gateway.fetch.GuardedFetch;
import bulwark.gateway.opensearch.BulkBody.Outcome;
import bulwark.gateway.state.GatewayStore;
import bulwark.kernel.concurrent.Backoff;
import bulwark.kernel.concurrent.EssentialThread;
import bulwark.kernel.evidence.heads.StoreCheck;
import bulwark.kernel.evidence.journal.JournalCursor;
import bulwark.kernel.evidence.journal.JournalCursor.NumberedRecord;
import bulwark.kernel.evidence.store.AuditedStore.Layout;
import bulwark.kernel.json.StrictJson;
import bulwark.kernel.metrics.MetricDescription;
import bulwark.kernel.metrics.Metrics;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends the records of the journal to OpenSearch, in order, each until it was taken. It reads what lies on the disk, so that a silent OpenSearch keeps no call waiting and no record in
 * memory; what was sent before a crash is sent again under the same id, and is there once. Thread-safe.
 */
public final class OpenSearchSink implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(OpenSearchSink.class);
    private static final String RECORDS = "stoa_opensearch_records";
    private static final String FAILURES = "stoa_opensearch_failures";
    private static final String WAITING = "stoa_audit_spool_records";

    /** Everything that this counts. */
    public static final List<MetricDescription> METRICS = List.of(
            MetricDescription.counter(RECORDS, "decision records that OpenSearch has", "outcome"),
            MetricDescription.counter(FAILURES, "bulk requests that were not carried out, and are repeated"),
            MetricDescription.gauge(WAITING, "decision records that OpenSearch does not have yet"));

    private static final int MAX_BULK_BYTES = 2 << 20;
    private static final Duration POLL_INTERVAL = Duration.ofMillis(500);
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(20);
    private static final Backoff PAUSES = new Backoff(Duration.ofMillis(500), Duration.ofSeconds(30));

    private final OpenSearchSettings settings;
    private final GuardedFetch fetch;
    private final Source source;
    private final Metrics metrics;
    private final SinkPosition position;
    private final CountDownLatch stop = new CountDownLatch(1);
    private final EssentialThread thread = EssentialThread.platform("opensearch", this::run);
    private volatile long sent;

    /**
     * What is sent.
     *
     * @param journal folder of its segments
     * @param store id of the gateway's store
     * @param position file that says how far it was sent
     */
    public record Source(Path journal, String store, Path position) {
        /** Of a gateway whose store is open. @param state its state folder */
        public static Source of(Path state) {
            Path store = GatewayStore.file(state);
            try {
                String id = StoreCheck.storeIdOf(Layout.keyFolder(store)).orElseThrow();
                return new Source(Layout.journalFolder(store), id, state.resolve("opensearch.position"));
            } catch (IOException e) {
                throw new UncheckedIOException("the id of the store in " + state + " cannot be read", e);
            }
        }
    }

    private OpenSearchSink(OpenSearchSettings settings, GuardedFetch fetch, Source source, Metrics metrics) {
        this.settings = settings;
        this.fetch = fetch;
        this.source = source;
        this.metrics = metrics;
        this.position = new SinkPosition(source.position());
    }

    /** Begins to send. @param fetch asks the address guard for each connection; closed with this */
    public static OpenSearchSink start(
            OpenSearchSettings settings, GuardedFetch fetch, Source source, Metrics metrics) {
        OpenSearchSink sink = new OpenSearchSink(settings, fetch, source, metrics);
        metrics.gauge(WAITING, sink::waiting);
        sink.thread.start();
        return sink;
    }

    /** Records read from the journal and not sent, and those that follow. Read from the disk: a scrape is no hot path. */
    private double waiting() {
        try {
            return JournalCursor.countAfter(source.journal(), sent);
        } catch (IOException e) {
            return Double.NaN;
        }
    }

    private void run() {
        int failures = 0;
        while (stop.getCount() > 0) {
            try {
                sent = position.read();
                try (JournalCursor cursor = new JournalCursor(source.journal(), sent)) {
                    failures = 0;
                    follow(cursor);
                }
            } catch (IOException | RuntimeException e) {
                failures++;
                metrics.count(FAILURES);
                if (failures == 1) {
                    LOG.warn("Decision records are not sent to OpenSearch and wait in the journal: {}", e.getMessage());
                }
                await(PAUSES.pause(failures));
            }
        }
    }

    private void follow(JournalCursor cursor) throws IOException {
        while (stop.getCount() > 0) {
            List<NumberedRecord> records = cursor.read(MAX_BULK_BYTES);
            if (records.isEmpty()) {
                await(POLL_INTERVAL);
            } else {
                send(records);
            }
        }
    }

    /** Returns when all are there; throws when one may not be. */
    private void send(List<NumberedRecord> records) throws IOException {
        missing(records.getFirst().number());
        List<AuditDocument> documents = records.stream()
                .map(record -> AuditDocument.of(source.store(), record))
                .toList();
        Outcome outcome = bulk(documents);
        if (!outcome.unfit().isEmpty()) {
            List<AuditDocument> raw = new ArrayList<>();
            for (int index : outcome.unfit()) {
                raw.add(AuditDocument.raw(source.store(), records.get(index)));
            }
            LOG.warn(
                    "OpenSearch took {} decision records only as plain text: the mapping of the index does not fit them",
                    raw.size());
            Outcome second = bulk(raw);
            if (!second.unfit().isEmpty()) {
                throw new IOException("the index takes no record, not even as text; look at its mapping");
            }
        }
        sent = records.getLast().number();
        position.write(sent);
    }

    private Outcome bulk(List<AuditDocument> documents) throws IOException {
        FetchAnswer answer = fetch.send(new FetchRequest(
                "POST",
                settings.bulk(),
                BulkBody.of(documents),
                "application/x-ndjson",
                settings.credentials().get()));
        if (answer.status() != 200) {
            throw new IOException(settings.bulk() + " answered " + answer.status());
        }
        Outcome outcome;
        try {
            outcome = BulkBody.outcome(answer.body(), documents.size());
        } catch (StrictJson.JsonRefused e) {
            throw new IOException(settings.bulk() + " answered what is no answer of the bulk API", e);
        }
        count("created", outcome.created());
        count("present", outcome.present());
        count("as_text", outcome.unfit().size());
        if (!outcome.isWhole()) {
            throw new IOException(outcome.failure());
        }
        return outcome;
    }

    private void count(String outcome, int records) {
        if (records > 0) {
            metrics.counter(RECORDS, "outcome", outcome).increment(records);
        }
    }

    /** Records that the retention of the journal removed before they were sent. */
    private void missing(long first) {
        if (first > sent + 1) {
            long skipped = first - sent - 1;
            count("removed_unsent", (int) Math.min(Integer.MAX_VALUE, skipped));
            LOG.error(
                    "{} decision records were removed from the journal before OpenSearch had them: it was away for longer than STOA_JOURNAL__MAX_AGE_DAYS",
                    skipped);
        }
    }

    private void await(Duration time) {
        try {
            stop.await(time.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            stop.countDown();
        }
    }

    /** What was not sent is sent after the next start. */
    @Override
    public void close() {
        stop.countDown();
        fetch.close();
        thread.awaitEnd(CLOSE_TIMEOUT);
    }
}
