package bulwark.gateway.proxy;

import bulwark.gateway.http1.Field;
import bulwark.gateway.http1.HeadReader;
import bulwark.gateway.http1.HeadWriter;
import bulwark.gateway.http1.HeaderName;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The header lines after a body. Names that frame, route or authenticate a message are left out. */
final class TrailerLines {
    private TrailerLines() {}

    /** Leaves out the names that a policy edits. @param own names and values in turn */
    static byte @Nullable [] without(LoopWorker worker, byte @Nullable [] trailers, List<String> own) {
        HeadReader reader = worker.answers;
        if (trailers == null
                || own.isEmpty()
                || reader.readTrailers(trailers, trailers.length) != HeadReader.Result.COMPLETE) {
            return trailers;
        }
        HeadWriter writer = worker.writer;
        writer.clear();
        for (int i = 0; i < reader.fieldCount(); i++) {
            long field = reader.field(i);
            if (!FieldOverride.isNamed(trailers, field, own)) {
                writer.put(trailers, Field.nameStart(field), Field.valueEnd(field))
                        .lineEnd();
            }
        }
        return writer.lineEnd().toBytes();
    }

    /** Adds to the writer what may pass, without the blank line. @param trailers as they came, or null @return whether there is anything */
    static boolean write(LoopWorker worker, byte @Nullable [] trailers) {
        if (trailers == null) {
            return false;
        }
        HeadWriter writer = worker.writer;
        HeadReader reader = worker.answers;
        boolean any = false;
        if (reader.readTrailers(trailers, trailers.length) == HeadReader.Result.COMPLETE) {
            for (int i = 0; i < reader.fieldCount(); i++) {
                long field = reader.field(i);
                if (Field.code(field) == HeaderName.OTHER) {
                    writer.put(trailers, Field.nameStart(field), Field.valueEnd(field))
                            .lineEnd();
                    any = true;
                }
            }
        }
        return any;
    }
}
