// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {WithdrawalVault} from "./WithdrawalVault.sol";

/// Makes one vault for each public key, at an address that anybody can compute beforehand: CREATE2 with keccak256 of the key as salt.
contract VaultFactory {
    uint256 public constant PRINCIPAL_TARGET = 32 ether;

    address public immutable router;
    mapping(bytes32 pubkeyHash => address) public vaultOf;
    mapping(address vault => bool) public isVault;

    event VaultCreated(bytes32 indexed pubkeyHash, address indexed vault, address indexed beneficiary);

    error NotRouter(address caller);
    error ZeroAddress();
    error InvalidPrincipalTarget(uint256 wei_);
    error VaultExists(address vault);

    constructor(address router_) {
        if (router_ == address(0)) revert ZeroAddress();
        router = router_;
    }

    function createVault(
        bytes calldata pubkey,
        address beneficiary,
        uint256 principalTargetWei,
        uint256 claimDelaySeconds,
        uint256 maxClaimPerPeriodWei
    ) external returns (address) {
        if (msg.sender != router) revert NotRouter(msg.sender);
        if (principalTargetWei != PRINCIPAL_TARGET) revert InvalidPrincipalTarget(principalTargetWei);
        bytes32 pubkeyHash = keccak256(pubkey);
        if (vaultOf[pubkeyHash] != address(0)) revert VaultExists(vaultOf[pubkeyHash]);
        address vault = address(
            new WithdrawalVault{salt: pubkeyHash}(
                router, beneficiary, pubkey, principalTargetWei, claimDelaySeconds, maxClaimPerPeriodWei
            )
        );
        vaultOf[pubkeyHash] = vault;
        isVault[vault] = true;
        emit VaultCreated(pubkeyHash, vault, beneficiary);
        return vault;
    }
}
