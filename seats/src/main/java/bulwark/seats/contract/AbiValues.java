package bulwark.seats.contract;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.web3j.abi.FunctionEncoder;
import org.web3j.abi.FunctionReturnDecoder;
import org.web3j.abi.TypeReference;
import org.web3j.abi.datatypes.Type;

/**
 * Values in the encoding of Solidity's ABI. Decoding takes only bytes that the encoder would have written: padding, offsets and length
 * are compared by encoding again. Immutable.
 */
public final class AbiValues {
    /** No answer and no event of our contracts comes near it. */
    static final int MAX_BYTES = 4_096;

    private final List<Object> values;

    private AbiValues(List<Object> values) {
        this.values = values;
    }

    static byte[] encode(List<AbiType> types, Object... values) {
        if (types.size() != values.length) {
            throw new IllegalArgumentException(types.size() + " values are needed, not " + values.length);
        }
        List<Type> typed = new ArrayList<>();
        for (int i = 0; i < values.length; i++) {
            typed.add(types.get(i).of(values[i]));
        }
        return HexText.bytes("0x" + FunctionEncoder.encodeConstructor(typed));
    }

    /** @throws AbiRefused when the bytes are not exactly the encoding of such values */
    @SuppressWarnings({"unchecked", "rawtypes"})
    static AbiValues decode(List<AbiType> types, byte[] bytes) {
        if (bytes.length > MAX_BYTES || bytes.length % 32 != 0 || bytes.length < 32 * types.size()) {
            throw new AbiRefused("An answer of " + bytes.length + " bytes is not the encoding of " + types + ".");
        }
        List<TypeReference<Type>> references = new ArrayList<>();
        types.forEach(type -> references.add((TypeReference) type.reference()));
        List<Object> values = new ArrayList<>();
        try {
            List<Type> decoded = FunctionReturnDecoder.decode(HexText.of(bytes), references);
            for (int i = 0; i < types.size(); i++) {
                values.add(types.get(i).value(decoded.get(i)));
            }
            if (!Arrays.equals(bytes, encode(types, values.toArray()))) {
                throw new AbiRefused("An answer is not the one encoding of its values.");
            }
        } catch (AbiRefused refused) {
            throw refused;
        } catch (RuntimeException ofTheLibrary) {
            throw new AbiRefused("An answer is not the encoding of " + types + ".");
        }
        return new AbiValues(List.copyOf(values));
    }

    public byte[] bytes(int index) {
        return ((byte[]) values.get(index)).clone();
    }

    public BigInteger number(int index) {
        return (BigInteger) values.get(index);
    }

    public boolean flag(int index) {
        return (Boolean) values.get(index);
    }

    public EvmAddress address(int index) {
        return (EvmAddress) values.get(index);
    }
}
