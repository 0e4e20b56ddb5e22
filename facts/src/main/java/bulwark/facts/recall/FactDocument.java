package bulwark.facts.recall;

import bulwark.facts.fact.Expiry;
import bulwark.facts.fact.Fact;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.apache.lucene.document.BinaryDocValuesField;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.DoubleField;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.FieldType;
import org.apache.lucene.document.LongField;
import org.apache.lucene.document.NumericDocValuesField;
import org.apache.lucene.document.StringField;
import org.apache.lucene.index.IndexOptions;
import org.apache.lucene.util.BytesRef;
import org.jspecify.annotations.Nullable;

/** What the index keeps of a fact. Values that rank a fact are kept beside it, so that only winners are read from the store. */
final class FactDocument {
    static final String TEXT = "text";
    static final String PLACE = "place";
    static final String ENTITY = "entity";
    static final String ENTITY_VALUE = "entity_value";
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

    private FactDocument() {}

    /** Retractions and the node's own records about conflicts are not remembered knowledge. */
    static boolean indexed(Fact fact) {
        return fact.confidence() > 0 && !fact.entity().startsWith("stigmem:conflict:");
    }

    static Document of(Fact fact) {
        Document document = new Document();
        document.add(new NumericDocValuesField(ROW, fact.rowId()));
        document.add(new BinaryDocValuesField(ID, bytes(fact.id())));
        document.add(new BinaryDocValuesField(CID, bytes(fact.cid())));
        document.add(new Field(TEXT, Words.of(List.of(fact.entity(), fact.relation(), fact.valueV())), SEARCHED));
        document.add(new StringField(PLACE, place(fact.tenant(), fact.scope(), fact.gardenId()), Field.Store.NO));
        // Longer terms than Lucene's limit cannot be looked up; such an entity is found by its words only.
        BytesRef entity = bytes(fact.entity());
        if (entity.length <= 8192) {
            document.add(new StringField(ENTITY, entity, Field.Store.NO));
            document.add(new BinaryDocValuesField(ENTITY_VALUE, entity));
        }
        document.add(new DoubleField(CONFIDENCE, fact.confidence(), Field.Store.NO));
        document.add(new LongField(EXPIRES, Expiry.endMicros(fact.validUntil()), Field.Store.NO));
        document.add(new NumericDocValuesField(TIME, micros(fact.timestamp())));
        document.add(new NumericDocValuesField(TOKENS, tokens(fact)));
        return document;
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

    private static BytesRef bytes(String text) {
        return new BytesRef(text);
    }
}
