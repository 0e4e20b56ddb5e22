package bulwark.facts.recall;

import bulwark.facts.fact.Fact;
import bulwark.facts.fact.IsoInstants;
import bulwark.kernel.signing.Digests;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import org.apache.lucene.document.BinaryDocValuesField;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.FieldType;
import org.apache.lucene.document.NumericDocValuesField;
import org.apache.lucene.document.StringField;
import org.apache.lucene.index.IndexOptions;
import org.apache.lucene.util.BytesRef;
import org.apache.lucene.util.NumericUtils;
import org.jspecify.annotations.Nullable;

/** What the index keeps of a fact. Values that rank a fact are kept beside it, so that only winners are read from the store. For one thread. */
final class FactDocument {
    static final String TEXT = "text";
    static final String PLACE = "place";
    static final String ENTITY = "entity";
    static final String ENTITY_NUMBER = "entity_number";
    static final String ROW = "row";
    static final String ID = "id";
    static final String CID = "cid";
    static final String CONFIDENCE = "confidence";
    static final String EXPIRES = "expires";
    static final String TIME = "time";
    static final String TOKENS = "tokens";

    private static final FieldType SEARCHED = new FieldType();

    static {
        SEARCHED.setIndexOptions(IndexOptions.DOCS_AND_FREQS);
        SEARCHED.setTokenized(true);
        SEARCHED.freeze();
    }

    private final AsciiTokenizer plainWords = new AsciiTokenizer();

    /** Retractions and the node's own records about conflicts and retractions are not remembered knowledge. */
    static boolean indexed(Fact fact) {
        return fact.confidence() > 0
                && !fact.entity().startsWith("stigmem:conflict:")
                && !fact.entity().startsWith("stigmem:retraction:");
    }

    /** Valid until the next call. */
    Document of(Fact fact) {
        Document document = new Document();
        document.add(text(fact));
        document.add(new StringField(PLACE, place(fact.tenant(), fact.scope(), fact.gardenId()), Field.Store.NO));
        long entity = entity(fact.entity());
        document.add(new StringField(ENTITY, term(entity), Field.Store.NO));
        document.add(new NumericDocValuesField(ENTITY_NUMBER, entity));
        document.add(new NumericDocValuesField(ROW, fact.rowId()));
        document.add(new BinaryDocValuesField(ID, new BytesRef(fact.id())));
        document.add(new BinaryDocValuesField(CID, new BytesRef(fact.cid())));
        long confidence = NumericUtils.doubleToSortableLong(fact.confidence());
        document.add(NumericDocValuesField.indexedField(CONFIDENCE, confidence));
        document.add(NumericDocValuesField.indexedField(EXPIRES, IsoInstants.endMicros(fact.validUntil())));
        document.add(new NumericDocValuesField(TIME, micros(fact.timestamp())));
        document.add(new NumericDocValuesField(TOKENS, tokens(fact)));
        return document;
    }

    private Field text(Fact fact) {
        String whole = String.join(" ", fact.entity(), fact.relation(), fact.valueV());
        return plainWords.set(whole)
                ? new Field(TEXT, plainWords, SEARCHED)
                : new Field(TEXT, RecallAnalyzer.plain(whole), SEARCHED);
    }

    /** A number that stands for an entity: half as long as most, and cheap to look up. */
    static long entity(String uri) {
        return ByteBuffer.wrap(Digests.sha256(uri.getBytes(StandardCharsets.UTF_8)))
                .getLong();
    }

    static BytesRef term(long entity) {
        return new BytesRef(ByteBuffer.allocate(Long.BYTES).putLong(entity).array());
    }

    /** Where a fact may be seen: one term for tenant, scope and garden. */
    static String place(String tenant, String scope, @Nullable String garden) {
        return tenant + '\u001f' + scope + '\u001f' + (garden == null ? "" : garden);
    }

    /** Size for the budget: a quarter of its code points, at least 1. */
    static int tokens(Fact fact) {
        int points =
                points(fact.entity()) + points(fact.relation()) + points(fact.valueV()) + points(fact.source()) + 3;
        return Math.max(1, points / 4);
    }

    private static int points(String text) {
        return text.codePointCount(0, text.length());
    }

    private static long micros(String timestamp) {
        try {
            return ChronoUnit.MICROS.between(Instant.EPOCH, OffsetDateTime.parse(timestamp));
        } catch (DateTimeException e) {
            return 0;
        }
    }
}
