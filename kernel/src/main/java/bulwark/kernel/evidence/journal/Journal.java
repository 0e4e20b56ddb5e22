package bulwark.kernel.evidence.journal;

import bulwark.kernel.concurrent.EssentialThread;
import bulwark.kernel.evidence.heads.ChainHead;
import bulwark.kernel.storage.StoreRefused;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Appends records. One thread encodes, chains and syncs them: within 200 ms of the append, at once when a caller waits for it. An append never blocks; when nothing can be recorded it says so. Its
 * memory is bounded by the number of records that wait. A process that ends without {@link #close} loses what was appended in the last 200 ms and nobody waited for. Thread-safe.
 */
public final class Journal implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Journal.class);
    /** Half of what is promised: the sync needs time, too. */
    private static final long GATHER_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private static final long MAX_STALL_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
    private static final long MAX_HESITATION_NANOS = TimeUnit.SECONDS.toNanos(2);
    private static final long RETRY_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final int EARLY_RECORDS = 2_000;
    private static final int BATCH_RECORDS = 4_000;
    private static final int BATCH_BYTES = 1 << 20;

    private final SegmentWriter writer;
    private final int maxWaiting;
    private final LongSupplier nanos;
    private final Path folder;
    private final ConcurrentLinkedQueue<Pending> queue = new ConcurrentLinkedQueue<>();
    /** Records in the queue or on their way to the disk. */
    private final AtomicInteger waiting = new AtomicInteger();
    /** Those, and what was reserved for later. */
    private final AtomicInteger slots = new AtomicInteger();

    private final EssentialThread thread;
    private final List<Pending> batch = new ArrayList<>();
    private final EncodedRecords encoded = new EncodedRecords();
    private volatile boolean idle;
    private volatile boolean urgent;
    private volatile boolean closed;
    private volatile @Nullable String problem;
    private volatile @Nullable String fatal;
    private volatile @Nullable ChainHead written;
    /** Nanoseconds at which the write or sync under way began; 0 without one. */
    private volatile long busySince;

    private volatile long records;
    private volatile Consumer<String> onFatal = sentence -> {};

    private record Pending(JournalRecord record, @Nullable Consumer<@Nullable String> durable) {}

    /**
     * How a journal is kept.
     *
     * @param segmentBytes size of a segment, ≥ 4096
     * @param maxWaiting records that may wait for the disk
     * @param nanos that the disk's answers are measured by: never goes back, from any origin
     */
    public record Options(long segmentBytes, int maxWaiting, DiskSync disk, LongSupplier nanos) {
        public static final Options DEFAULT = new Options(32 << 20, 1 << 16);

        public Options(long segmentBytes, int maxWaiting) {
            this(segmentBytes, maxWaiting, DiskSync.DATA, System::nanoTime);
        }
    }

    private Journal(Path folder, Options options, SegmentWriter writer) {
        this.folder = folder;
        this.writer = writer;
        this.maxWaiting = options.maxWaiting();
        this.nanos = options.nanos();
        this.thread = EssentialThread.platform("journal", this::run);
        note(writer.last());
    }

    /**
     * Opens the journal in a folder, or begins one. The caller sees to it that no other process has it open.
     *
     * @throws StoreRefused when it is damaged where no crash can have damaged it
     */
    public static Journal open(Path folder, Options options, SecureRandom random, Clock clock) {
        try {
            SegmentWriter writer = SegmentWriter.open(folder, options.segmentBytes(), options.disk(), clock, random);
            Journal journal = new Journal(folder, options, writer);
            journal.thread.start();
            return journal;
        } catch (IOException e) {
            throw new StoreRefused("The journal in " + folder + " cannot be opened: " + e.getMessage()
                    + ". Look at the folder's owner and at the disk.");
        }
    }

    /** Told once when a sync failed: nothing is promised any more, and the process must end. */
    public void onFatal(Consumer<String> listener) {
        onFatal = listener;
        String failed = fatal;
        if (failed != null) {
            listener.accept(failed);
        }
    }

    /** Bytes behind the last batch that a crash left; for the audit log of the start. */
    public int tornBytes() {
        return writer.tornBytes();
    }

    /**
     * Hands a record over; nobody waits for it.
     *
     * @param record encoded later, by the journal's thread; at most 64 KiB
     * @return false when nothing can be recorded now: see {@link #problem()}
     */
    public boolean append(JournalRecord record) {
        return enqueue(new Pending(record, null));
    }

    /**
     * Hands a record over that is to be durable before something else happens.
     *
     * @param durable called by the journal's thread: with null once the record is synced, else with a sentence. Must not block
     * @return false when nothing can be recorded now; nothing is called then
     */
    public boolean append(JournalRecord record, Consumer<@Nullable String> durable) {
        if (!enqueue(new Pending(record, durable))) {
            return false;
        }
        urgent = true;
        LockSupport.unpark(thread.thread());
        return true;
    }

    /**
     * Keeps room for one record that will follow: {@link #appendReserved} then takes it, whatever happens to the disk meanwhile.
     *
     * @return false when nothing can be recorded now
     */
    public boolean reserve() {
        if (problem != null || closed || stalled()) {
            return false;
        }
        if (slots.incrementAndGet() > maxWaiting) {
            slots.decrementAndGet();
            return false;
        }
        return true;
    }

    /** Hands over the record that room was kept for. While the disk is full it waits in memory. */
    public void appendReserved(JournalRecord record) {
        enqueueReserved(new Pending(record, null));
    }

    private boolean enqueue(Pending pending) {
        boolean room = reserve();
        if (room) {
            enqueueReserved(pending);
        }
        return room;
    }

    private void enqueueReserved(Pending pending) {
        int count = waiting.incrementAndGet();
        queue.add(pending);
        if (idle || count == EARLY_RECORDS) {
            LockSupport.unpark(thread.thread());
        }
    }

    private boolean stalled() {
        return stalledNanos() > MAX_STALL_NANOS;
    }

    /** How long the write or sync under way takes by now. */
    private long stalledNanos() {
        long since = busySince;
        return since == 0 ? 0 : nanos.getAsLong() - since;
    }

    /**
     * Whether nothing can be recorded because the disk takes longer than it should, and not for long yet: a disk that others keep busy answers within two seconds, and whoever can wait so long may
     * ask again.
     */
    public boolean hesitates() {
        long nanos = stalledNanos();
        return nanos > MAX_STALL_NANOS && nanos < MAX_HESITATION_NANOS && problem == null && !closed;
    }

    /** Why nothing is recorded at present, as a sentence; null when all is well. */
    public @Nullable String problem() {
        if (stalled()) {
            return "the disk of the journal in " + folder + " does not answer: look at the disk";
        }
        return slots.get() >= maxWaiting
                ? "the journal in " + folder + " has " + maxWaiting + " records waiting for the disk: look at the disk"
                : problem;
    }

    /** The last batch that this process knows to be durable. */
    public Optional<ChainHead> written() {
        return Optional.ofNullable(written);
    }

    /** Of its segments. */
    public Path folder() {
        return folder;
    }

    /** Records that were synced since this was opened. */
    public long records() {
        return records;
    }

    private void run() {
        while (true) {
            if (queue.isEmpty() && batch.isEmpty()) {
                if (closed) {
                    return;
                }
                idle = true;
                if (queue.isEmpty() && !closed) {
                    LockSupport.park(this);
                }
                idle = false;
                continue;
            }
            if (batch.isEmpty()) {
                gather();
            }
            String failed = commit();
            if (failed != null) {
                if (fatal != null || closed) {
                    refuseAll(failed);
                    return;
                }
                LockSupport.parkNanos(this, RETRY_NANOS);
            }
        }
    }

    /** Waits for more records, unless somebody waits for these or there are many. */
    private void gather() {
        long until = System.nanoTime() + GATHER_NANOS;
        while (!urgent && !closed && waiting.get() < EARLY_RECORDS) {
            long left = until - System.nanoTime();
            if (left <= 0) {
                break;
            }
            LockSupport.parkNanos(this, left);
        }
        // Before the queue is read: who comes later sets it again.
        urgent = false;
        while (batch.size() < BATCH_RECORDS && encoded.bytes() < BATCH_BYTES) {
            Pending next = queue.poll();
            if (next == null) {
                break;
            }
            batch.add(next);
            encoded.add(next.record());
        }
        if (!queue.isEmpty()) {
            urgent = true;
        }
    }

    /** @return null when the batch is durable, else what is wrong */
    private @Nullable String commit() {
        JournalBatch.Header header;
        busySince = nanos.getAsLong() | 1;
        try {
            header = writer.write(encoded);
        } catch (IOException e) {
            String sentence =
                    "the journal in " + folder + " cannot be written: " + e.getMessage() + "; make room on the disk";
            if (problem == null) {
                LOG.error("No call is recorded: {}. It is tried again each second.", sentence);
            }
            problem = sentence;
            busySince = 0;
            tellWaiters(sentence);
            return sentence;
        }
        try {
            writer.sync(header);
        } catch (IOException e) {
            String sentence = "a sync of the journal in " + folder + " failed: " + e.getMessage()
                    + "; look at the disk and start again";
            fatal = sentence;
            problem = sentence;
            return sentence;
        }
        busySince = 0;
        note(header);
        records += header.count();
        waiting.addAndGet(-batch.size());
        slots.addAndGet(-batch.size());
        if (problem != null) {
            problem = null;
            LOG.info("The journal is written again.");
        }
        tellWaiters(null);
        batch.clear();
        encoded.clear();
        return null;
    }

    private void note(JournalBatch.@Nullable Header header) {
        if (header != null) {
            written = new ChainHead(JournalChain.NAME, header.number(), header.hashHex());
        }
    }

    /** Each is told once, whatever becomes of its record later. */
    private void tellWaiters(@Nullable String sentence) {
        for (int i = 0; i < batch.size(); i++) {
            Pending pending = batch.get(i);
            Consumer<@Nullable String> durable = pending.durable();
            if (durable != null) {
                batch.set(i, new Pending(pending.record(), null));
                tell(durable, sentence);
            }
        }
    }

    private static void tell(Consumer<@Nullable String> durable, @Nullable String sentence) {
        try {
            durable.accept(sentence);
        } catch (RuntimeException e) {
            LOG.error("What waited for a record failed.", e);
        }
    }

    private void refuseAll(String sentence) {
        tellWaiters(sentence);
        for (Pending next = queue.poll(); next != null; next = queue.poll()) {
            Consumer<@Nullable String> durable = next.durable();
            if (durable != null) {
                tell(durable, sentence);
            }
        }
        if (fatal != null) {
            onFatal.accept(sentence);
        }
    }

    /** Syncs what was appended, if the disk takes it. */
    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(thread.thread());
        thread.awaitEnd(Duration.ofSeconds(10));
        try {
            writer.close();
        } catch (IOException e) {
            LOG.warn("The newest segment of the journal was not closed: {}", e.getMessage());
        }
    }
}
