package bulwark.facts.recall;

import java.io.IOException;
import org.apache.lucene.index.BinaryDocValues;
import org.apache.lucene.index.DocValues;
import org.apache.lucene.index.LeafReader;
import org.apache.lucene.index.NumericDocValues;

/** Values beside the documents of a segment; each set is read in ascending order. */
final class IndexValues {
    private IndexValues() {}

    static NumericDocValues number(LeafReader reader, String field) throws IOException {
        return DocValues.getNumeric(reader, field);
    }

    static BinaryDocValues bytes(LeafReader reader, String field) throws IOException {
        return DocValues.getBinary(reader, field);
    }

    static long at(NumericDocValues values, int document) throws IOException {
        return values.advanceExact(document) ? values.longValue() : 0;
    }

    static String textAt(BinaryDocValues values, int document) throws IOException {
        return values.advanceExact(document) ? values.binaryValue().utf8ToString() : "";
    }
}
