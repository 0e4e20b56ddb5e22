package bulwark.gateway.proxy;

import bulwark.gateway.call.AnswerCopy;
import bulwark.gateway.call.GatewayCall;
import bulwark.gateway.http1.Field;
import bulwark.gateway.http1.HeadReader;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Hands a backend's answer to those that take a copy of it, which few calls have. */
final class AnswerCopies {
    private AnswerCopies() {}

    /** @param reader holds the backend's head */
    static void head(GatewayCall call, HeadReader reader, byte[] bytes, boolean bodiless) {
        List<AnswerCopy> copies = call.answerCopies();
        // Where the end of the connection ends the body, a part of it cannot be told from the whole.
        if (copies.isEmpty() || !bodiless && !reader.isChunked() && reader.contentLength() < 0) {
            return;
        }
        List<String> fields = new ArrayList<>();
        for (int i = 0; i < reader.fieldCount(); i++) {
            long field = reader.field(i);
            if (ProxiedHead.isKept(Field.code(field))
                    && !(reader.hasConnectionOptions() && reader.isConnectionOption(field))) {
                fields.add(text(bytes, Field.nameStart(field), Field.nameEnd(field)));
                fields.add(text(bytes, Field.valueStart(field), Field.valueEnd(field)));
            }
        }
        for (AnswerCopy copy : copies) {
            copy.head(reader.status(), fields);
        }
    }

    private static String text(byte[] bytes, int start, int end) {
        return new String(bytes, start, end - start, StandardCharsets.ISO_8859_1);
    }

    /** Reads without moving the buffer's indexes. */
    static void data(GatewayCall call, ByteBuf data, int start, int length) {
        List<AnswerCopy> copies = call.answerCopies();
        for (int i = 0; i < copies.size(); i++) {
            if (copies.get(i).isTaking()) {
                byte[] bytes = new byte[length];
                data.getBytes(start, bytes);
                copies.get(i).data(bytes);
            }
        }
    }

    static void end(GatewayCall call) {
        List<AnswerCopy> copies = call.answerCopies();
        for (int i = 0; i < copies.size(); i++) {
            copies.get(i).end();
        }
    }
}
