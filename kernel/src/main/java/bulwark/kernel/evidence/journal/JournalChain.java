package bulwark.kernel.evidence.journal;

import bulwark.kernel.evidence.heads.ChainHead;
import bulwark.kernel.evidence.heads.HashChain;
import bulwark.kernel.evidence.heads.LogKeys;
import bulwark.kernel.storage.ReadTx;
import bulwark.kernel.storage.StoreRefused;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The batches of a journal as a chain whose head is signed together with those of the store beside it. Reads the files, whatever the process that writes them believes. For one check at a time.
 */
public final class JournalChain implements HashChain {
    /** Its name in signed heads. */
    public static final String NAME = "decision_journal";

    private final Path folder;
    private final Path keyFolder;
    private final Supplier<LogKeys> keys;
    /** A batch that was met before: the next look begins there. */
    private @Nullable Position last;

    /** @param start offset of the batch @param end offset of the one behind it */
    private record Position(long batch, long start, long end, JournalSegment segment, byte[] hash) {}

    /**
     * @param keyFolder where the signed end of the journal lies
     * @param keys that vouch for that end, and for what the retention removed
     */
    public JournalChain(Path folder, Path keyFolder, Supplier<LogKeys> keys) {
        this.folder = folder;
        this.keyFolder = keyFolder;
        this.keys = keys;
    }

    @Override
    public String table() {
        return NAME;
    }

    @Override
    public Optional<ChainHead> end(ReadTx tx) {
        return Optional.ofNullable(walk(null, null).end());
    }

    @Override
    public @Nullable String compare(ReadTx tx, ChainHead head) {
        try {
            String missing = startFault();
            if (missing != null || head.seq() < start().firstBatch()) {
                return missing;
            }
            String wrong = compare(head);
            if (wrong != null) {
                return wrong;
            }
            JournalTail.Read tail = JournalTail.read(keyFolder, keys.get());
            if (tail.problem() != null) {
                return NAME + ": " + tail.problem();
            }
            ChainHead end = tail.head();
            return end == null || end.seq() <= head.seq() ? null : compare(end);
        } catch (IOException e) {
            throw new UncheckedIOException("the journal in " + folder + " cannot be read", e);
        } catch (StoreRefused damaged) {
            return NAME + ": " + damaged.getMessage();
        }
    }

    private @Nullable String compare(ChainHead head) throws IOException {
        byte[] hash = hashAt(head.seq());
        if (hash == null) {
            return NAME + ": batch " + head.seq() + " in " + folder + " is missing, the signed head names it";
        }
        return hex(hash).equals(head.hash())
                ? null
                : NAME + ": batch " + head.seq() + " in " + folder + " is not the one that the signed head names";
    }

    @Override
    public Followed follow(ReadTx tx, @Nullable ChainHead from, @Nullable ChainHead through) {
        String wrong = from == null ? null : compare(tx, from);
        if (wrong == null && through != null && (from == null || through.seq() <= from.seq())) {
            wrong = compare(tx, through);
        }
        return wrong == null ? walk(from, through) : new Followed(null, wrong);
    }

    private JournalStart start() throws IOException {
        return JournalStart.read(folder, keys.get()).start();
    }

    /** Whether segments are gone that no retention removed. */
    private @Nullable String startFault() throws IOException {
        JournalStart.Read start = JournalStart.read(folder, keys.get());
        if (start.problem() != null) {
            return NAME + ": " + start.problem();
        }
        List<JournalSegment> segments = JournalSegment.in(folder);
        long first = segments.isEmpty() ? Long.MAX_VALUE : segments.getFirst().firstBatch();
        if (segments.isEmpty() || first <= start.start().firstBatch()) {
            return null;
        }
        return NAME + ": the segments in " + folder + " begin with batch " + first + ", and batch "
                + start.start().firstBatch() + " must be there: a segment was removed";
    }

    /** The end of the chain, by its links alone. */
    private Followed walk(@Nullable ChainHead from, @Nullable ChainHead through) {
        try {
            Position at = from == null ? null : position(from.seq());
            List<JournalSegment> segments = JournalSegment.in(folder);
            if (segments.isEmpty()) {
                return new Followed(null, through == null ? null : NAME + ": every segment is gone from " + folder);
            }
            byte[] hash = at == null ? null : at.hash();
            long number = at == null ? segments.getFirst().firstBatch() - 1 : at.batch();
            for (JournalSegment segment : segments) {
                if (at != null && segment.firstBatch() < at.segment().firstBatch()) {
                    continue;
                }
                try (SegmentReader reader = SegmentReader.open(segment)) {
                    if (at != null && segment.equals(at.segment())) {
                        reader.seek(at.end());
                    }
                    long offset = reader.position();
                    for (JournalBatch batch = reader.next(); batch != null; batch = reader.next()) {
                        JournalBatch.Header header = batch.header();
                        if (header.number() != number + 1 || hash != null && !Arrays.equals(hash, header.previous())) {
                            return new Followed(
                                    null, NAME + ": batch " + (number + 1) + " does not follow the one before it");
                        }
                        number++;
                        hash = header.hash();
                        if (through != null
                                && through.seq() == number
                                && !through.hash().equals(hex(hash))) {
                            return new Followed(
                                    null, NAME + ": batch " + number + " is not the one that this process wrote");
                        }
                        last = new Position(number, offset, reader.position(), segment, hash);
                        offset = reader.position();
                    }
                }
            }
            if (through != null && through.seq() > number) {
                return new Followed(
                        null,
                        NAME + ": batches " + (number + 1) + " to " + through.seq()
                                + " are missing, and this process wrote them");
            }
            return new Followed(hash == null ? null : new ChainHead(NAME, number, hex(hash)), null);
        } catch (IOException e) {
            throw new UncheckedIOException("the journal in " + folder + " cannot be read", e);
        } catch (StoreRefused damaged) {
            return new Followed(null, NAME + ": " + damaged.getMessage());
        }
    }

    private byte @Nullable [] hashAt(long batch) throws IOException {
        Position found = position(batch);
        return found == null ? null : found.hash();
    }

    /** Behind one batch; null when it is not there. */
    private @Nullable Position position(long batch) throws IOException {
        Position known = last;
        List<JournalSegment> segments = JournalSegment.in(folder);
        JournalSegment in = null;
        for (JournalSegment segment : segments) {
            in = segment.firstBatch() <= batch ? segment : in;
        }
        if (in == null) {
            return null;
        }
        try (SegmentReader reader = SegmentReader.open(in)) {
            if (known != null && known.segment().equals(in) && known.batch() <= batch) {
                reader.seek(known.start());
            }
            long offset = reader.position();
            for (JournalBatch next = reader.next(); next != null; next = reader.next()) {
                JournalBatch.Header header = next.header();
                if (header.number() == batch) {
                    Position found = new Position(batch, offset, reader.position(), in, header.hash());
                    last = found;
                    return found;
                }
                offset = reader.position();
            }
            return null;
        }
    }

    private static String hex(byte[] hash) {
        return java.util.HexFormat.of().formatHex(hash);
    }
}
