package bulwark.seats.contract;

import java.math.BigInteger;
import java.util.Locale;
import org.web3j.abi.TypeReference;
import org.web3j.abi.datatypes.Address;
import org.web3j.abi.datatypes.Bool;
import org.web3j.abi.datatypes.DynamicBytes;
import org.web3j.abi.datatypes.Type;
import org.web3j.abi.datatypes.generated.Bytes32;
import org.web3j.abi.datatypes.generated.Uint256;
import org.web3j.abi.datatypes.generated.Uint64;
import org.web3j.abi.datatypes.generated.Uint8;

/** The types of Solidity that our contracts use, each with the one Java type that stands for it. */
enum AbiType {
    ADDRESS,
    BOOL,
    BYTES,
    BYTES32,
    UINT8,
    UINT64,
    UINT256;

    static AbiType of(String solidity) {
        return valueOf(solidity.toUpperCase(Locale.ROOT));
    }

    String solidity() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** @throws IllegalArgumentException when the value is of another type or out of range: a fault of the caller */
    Type<?> of(Object value) {
        return switch (this) {
            case ADDRESS -> new Address(((EvmAddress) value).text());
            case BOOL -> new Bool((Boolean) value);
            case BYTES -> new DynamicBytes((byte[]) value);
            case BYTES32 -> new Bytes32((byte[]) value);
            case UINT8 -> new Uint8(number(value));
            case UINT64 -> new Uint64(number(value));
            case UINT256 -> new Uint256(number(value));
        };
    }

    private static BigInteger number(Object value) {
        return value instanceof Long small ? BigInteger.valueOf(small) : (BigInteger) value;
    }

    TypeReference<?> reference() {
        return switch (this) {
            case ADDRESS -> TypeReference.create(Address.class);
            case BOOL -> TypeReference.create(Bool.class);
            case BYTES -> TypeReference.create(DynamicBytes.class);
            case BYTES32 -> TypeReference.create(Bytes32.class);
            case UINT8 -> TypeReference.create(Uint8.class);
            case UINT64 -> TypeReference.create(Uint64.class);
            case UINT256 -> TypeReference.create(Uint256.class);
        };
    }

    /** What {@link AbiValues} gives out. */
    Object value(Type<?> decoded) {
        return this == ADDRESS ? EvmAddress.of(decoded.getValue().toString()) : decoded.getValue();
    }
}
