// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// What a validator withdraws to. Principal belongs to the treasury, rewards to the beneficiary; nothing leaves but through a claim of
/// one of them, so that balance + principalClaimedWei + rewardsClaimedWei is all that ever came in.
/// State is in storage, not in immutables: every vault has the same runtime code, and so the same code hash.
contract WithdrawalVault {
    enum Phase {
        Running,
        SettlementProposed,
        ExitSettlement
    }

    uint256 public constant MIN_CLAIM_DELAY = 3_600;
    uint256 public constant MAX_CLAIM_DELAY = 30 days;
    uint256 public constant STANDARD_PRINCIPAL_TARGET = 32 ether;
    uint256 public constant MAX_PRINCIPAL_TARGET = 10_000 ether;
    uint256 public constant CLAIM_PERIOD = 30 days;
    uint256 public constant SETTLEMENT_DELAY = 1 hours;
    uint256 public constant BENEFICIARY_DELAY = 7 days;
    uint256 public constant DRAIN_DELAY = 90 days;
    /// The predeploy of EIP-7002.
    address public constant EXIT_REQUESTS = 0x00000961Ef480Eb55e80D19ad83579A64c007002;

    address public treasury;
    address public beneficiary;
    uint256 public principalTargetWei;
    uint256 public claimDelaySeconds;
    uint256 public maxClaimPerPeriodWei;
    bytes public pubkey;

    Phase public phase;
    uint256 public principalClaimedWei;
    uint256 public rewardsClaimedWei;
    uint256 public pendingClaimWei;
    uint256 public claimReadyAt;
    uint256 public periodStartedAt;
    uint256 public claimedInPeriodWei;
    uint256 public settlementReadyAt;
    uint256 public settledAt;
    address public proposedBeneficiary;
    uint256 public beneficiaryReadyAt;
    bool public beneficiaryApproved;

    bool private transient entered;

    event ClaimInitiated(uint256 wei_, uint256 readyAt);
    event ClaimCancelled(uint256 wei_);
    event RewardsClaimed(address indexed to, uint256 wei_);
    event PrincipalClaimed(address indexed to, uint256 wei_);
    event RemainderDrained(address indexed to, uint256 principalWei, uint256 rewardsWei);
    event SettlementProposed(uint256 readyAt);
    event SettlementCancelled();
    event SettlementFinalized();
    event ExitRequested(bytes pubkey, uint256 feeWei);
    event BeneficiaryProposed(address indexed to, uint256 readyAt);
    event BeneficiaryApproved(address indexed to);
    event BeneficiaryCancelled();
    event BeneficiaryChanged(address indexed from, address indexed to);

    error NotTreasury(address caller);
    error NotBeneficiary(address caller);
    error WrongPhase(Phase phase);
    error PrincipalProtectionActive();
    error InvalidPrincipalTarget(uint256 wei_);
    error InvalidClaimDelay(uint256 delay);
    error InvalidClaimCap();
    error InvalidPubkeyLength(uint256 length);
    error ZeroAddress();
    error NothingToClaim();
    error ClaimPending();
    error NoClaimPending();
    error NotReady(uint256 readyAt);
    error ClaimAboveLimit(uint256 wei_, uint256 limit);
    error RewardsClaimedMeanwhile(uint256 claimed, uint256 expected);
    error ExitFeeUnavailable();
    error ExitFeeAboveCap(uint256 fee, uint256 cap);
    error ExitRequestRefused();
    error BeneficiaryNotProposed();
    error BeneficiaryNotApproved();
    error PaymentRefused(address to);
    error Reentered();

    modifier onlyTreasury() {
        if (msg.sender != treasury) revert NotTreasury(msg.sender);
        _;
    }

    modifier onlyBeneficiary() {
        if (msg.sender != beneficiary) revert NotBeneficiary(msg.sender);
        _;
    }

    modifier inPhase(Phase expected) {
        if (phase != expected) revert WrongPhase(phase);
        _;
    }

    modifier once() {
        if (entered) revert Reentered();
        entered = true;
        _;
        entered = false;
    }

    constructor(
        address treasury_,
        address beneficiary_,
        bytes memory pubkey_,
        uint256 principalTargetWei_,
        uint256 claimDelaySeconds_,
        uint256 maxClaimPerPeriodWei_
    ) {
        if (treasury_ == address(0) || beneficiary_ == address(0)) revert ZeroAddress();
        if (pubkey_.length != 48) revert InvalidPubkeyLength(pubkey_.length);
        if (principalTargetWei_ < STANDARD_PRINCIPAL_TARGET || principalTargetWei_ > MAX_PRINCIPAL_TARGET) {
            revert InvalidPrincipalTarget(principalTargetWei_);
        }
        if (claimDelaySeconds_ < MIN_CLAIM_DELAY || claimDelaySeconds_ > MAX_CLAIM_DELAY) {
            revert InvalidClaimDelay(claimDelaySeconds_);
        }
        if (maxClaimPerPeriodWei_ == 0 || maxClaimPerPeriodWei_ > principalTargetWei_) revert InvalidClaimCap();
        treasury = treasury_;
        beneficiary = beneficiary_;
        pubkey = pubkey_;
        principalTargetWei = principalTargetWei_;
        claimDelaySeconds = claimDelaySeconds_;
        maxClaimPerPeriodWei = maxClaimPerPeriodWei_;
    }

    receive() external payable {}

    /// All that ever came in.
    function totalLifetimeWei() external view returns (uint256) {
        return address(this).balance + principalClaimedWei + rewardsClaimedWei;
    }

    // Running: rewards in two steps, and only while the principal cannot be among them.

    function claimableRewardsWei() public view returns (uint256) {
        uint256 balance = address(this).balance;
        if (phase == Phase.ExitSettlement) {
            uint256 owed = principalTargetWei - principalClaimedWei;
            return balance > owed ? balance - owed : 0;
        }
        if (phase != Phase.Running || balance >= principalTargetWei) return 0;
        uint256 claimed = periodIsOver() ? 0 : claimedInPeriodWei;
        uint256 left = maxClaimPerPeriodWei - claimed;
        return balance < left ? balance : left;
    }

    function periodIsOver() private view returns (bool) {
        return block.timestamp >= periodStartedAt + CLAIM_PERIOD;
    }

    function initiateClaimRewards(uint256 wei_) external onlyBeneficiary inPhase(Phase.Running) {
        if (pendingClaimWei != 0) revert ClaimPending();
        checkClaim(wei_);
        pendingClaimWei = wei_;
        claimReadyAt = block.timestamp + claimDelaySeconds;
        emit ClaimInitiated(wei_, claimReadyAt);
    }

    function cancelClaimRewards() external onlyBeneficiary {
        if (pendingClaimWei == 0) revert NoClaimPending();
        dropClaim();
    }

    function finalizeClaimRewards() external onlyBeneficiary inPhase(Phase.Running) once {
        uint256 wei_ = pendingClaimWei;
        if (wei_ == 0) revert NoClaimPending();
        if (block.timestamp < claimReadyAt) revert NotReady(claimReadyAt);
        checkClaim(wei_);
        if (periodIsOver()) {
            periodStartedAt = block.timestamp;
            claimedInPeriodWei = 0;
        }
        claimedInPeriodWei += wei_;
        delete pendingClaimWei;
        delete claimReadyAt;
        payRewards(wei_);
    }

    function checkClaim(uint256 wei_) private view {
        if (wei_ == 0) revert NothingToClaim();
        if (address(this).balance >= principalTargetWei) revert PrincipalProtectionActive();
        uint256 limit = claimableRewardsWei();
        if (wei_ > limit) revert ClaimAboveLimit(wei_, limit);
    }

    function dropClaim() private {
        if (pendingClaimWei == 0) return;
        emit ClaimCancelled(pendingClaimWei);
        delete pendingClaimWei;
        delete claimReadyAt;
    }

    // Settlement.

    /// Ends a claim under way. Reverts when rewards were claimed after the caller looked.
    function proposeSettlement(uint256 maxRewardsClaimedWei) external onlyTreasury inPhase(Phase.Running) {
        if (rewardsClaimedWei > maxRewardsClaimedWei) {
            revert RewardsClaimedMeanwhile(rewardsClaimedWei, maxRewardsClaimedWei);
        }
        dropClaim();
        phase = Phase.SettlementProposed;
        settlementReadyAt = block.timestamp + SETTLEMENT_DELAY;
        emit SettlementProposed(settlementReadyAt);
    }

    function cancelSettlement() external onlyTreasury inPhase(Phase.SettlementProposed) {
        phase = Phase.Running;
        delete settlementReadyAt;
        emit SettlementCancelled();
    }

    function finalizeSettlement() external onlyTreasury inPhase(Phase.SettlementProposed) {
        if (block.timestamp < settlementReadyAt) revert NotReady(settlementReadyAt);
        phase = Phase.ExitSettlement;
        settledAt = block.timestamp;
        emit SettlementFinalized();
    }

    /// Principal first: a shortfall falls on the rewards.
    function claimPrincipal() external onlyTreasury inPhase(Phase.ExitSettlement) once {
        uint256 wei_ = principalLeft();
        if (wei_ == 0) revert NothingToClaim();
        principalClaimedWei += wei_;
        emit PrincipalClaimed(treasury, wei_);
        pay(treasury, wei_);
    }

    function claimRewards() external onlyBeneficiary inPhase(Phase.ExitSettlement) once {
        uint256 wei_ = claimableRewardsWei();
        if (wei_ == 0) revert NothingToClaim();
        payRewards(wei_);
    }

    /// What nobody claimed long after the settlement goes to the treasury.
    function drainRemainder() external onlyTreasury inPhase(Phase.ExitSettlement) once {
        uint256 readyAt = settledAt + DRAIN_DELAY;
        if (block.timestamp < readyAt) revert NotReady(readyAt);
        uint256 balance = address(this).balance;
        if (balance == 0) revert NothingToClaim();
        uint256 principal = principalLeft();
        principalClaimedWei += principal;
        rewardsClaimedWei += balance - principal;
        emit RemainderDrained(treasury, principal, balance - principal);
        pay(treasury, balance);
    }

    function principalLeft() private view returns (uint256) {
        uint256 owed = principalTargetWei - principalClaimedWei;
        return address(this).balance < owed ? address(this).balance : owed;
    }

    function payRewards(uint256 wei_) private {
        rewardsClaimedWei += wei_;
        emit RewardsClaimed(beneficiary, wei_);
        pay(beneficiary, wei_);
    }

    function pay(address to, uint256 wei_) private {
        (bool paid,) = to.call{value: wei_}("");
        if (!paid) revert PaymentRefused(to);
    }

    // Exit without the key of the validator.

    /// The value sent is the most that the caller pays: the fee is read here, in the same transaction, and the rest goes back. What the vault holds pays nothing.
    function triggerValidatorExit() external payable onlyTreasury once {
        (bool known, bytes memory answer) = EXIT_REQUESTS.staticcall("");
        if (!known || answer.length != 32) revert ExitFeeUnavailable();
        uint256 fee = abi.decode(answer, (uint256));
        if (fee > msg.value) revert ExitFeeAboveCap(fee, msg.value);
        (bool taken,) = EXIT_REQUESTS.call{value: fee}(abi.encodePacked(pubkey, uint64(0)));
        if (!taken) revert ExitRequestRefused();
        emit ExitRequested(pubkey, fee);
        if (msg.value > fee) pay(msg.sender, msg.value - fee);
    }

    // Another beneficiary: the present one proposes, the treasury approves, and seven days pass.

    function proposeBeneficiary(address to) external onlyBeneficiary {
        if (to == address(0)) revert ZeroAddress();
        proposedBeneficiary = to;
        beneficiaryReadyAt = block.timestamp + BENEFICIARY_DELAY;
        beneficiaryApproved = false;
        emit BeneficiaryProposed(to, beneficiaryReadyAt);
    }

    function approveBeneficiary(address to) external onlyTreasury {
        if (to == address(0) || to != proposedBeneficiary) revert BeneficiaryNotProposed();
        beneficiaryApproved = true;
        emit BeneficiaryApproved(to);
    }

    function cancelBeneficiary() external {
        if (msg.sender != beneficiary && msg.sender != treasury) revert NotBeneficiary(msg.sender);
        if (proposedBeneficiary == address(0)) revert BeneficiaryNotProposed();
        forgetProposal();
        emit BeneficiaryCancelled();
    }

    function acceptBeneficiary() external {
        if (msg.sender != proposedBeneficiary) revert NotBeneficiary(msg.sender);
        if (!beneficiaryApproved) revert BeneficiaryNotApproved();
        if (block.timestamp < beneficiaryReadyAt) revert NotReady(beneficiaryReadyAt);
        emit BeneficiaryChanged(beneficiary, msg.sender);
        beneficiary = msg.sender;
        dropClaim();
        forgetProposal();
    }

    function forgetProposal() private {
        delete proposedBeneficiary;
        delete beneficiaryReadyAt;
        delete beneficiaryApproved;
    }
}
