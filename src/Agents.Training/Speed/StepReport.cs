using Agents.Training.Adapters;

namespace Agents.Training.Speed;

/// <summary>Speed and memory of one kind of training step.</summary>
/// <param name="Step">What was trained: <c>lora</c>, <c>rslora</c>, <c>dora</c> or <c>full</c>.</param>
/// <param name="Threads">Compute threads.</param>
/// <param name="Tokens">Tokens per step.</param>
/// <param name="Rows">Most rows per micro-batch.</param>
/// <param name="Rank">Rank of the adapter; 0 for full training.</param>
/// <param name="Parameters">Trained parameters.</param>
/// <param name="Recomputes">Whether the activations of layers were computed again.</param>
/// <param name="ChunkRows">Rows of logits at a time.</param>
/// <param name="Seconds">Seconds per step, the median over the rounds.</param>
/// <param name="TokensPerSecond">Tokens / seconds.</param>
/// <param name="Phases">Where the time goes.</param>
/// <param name="AllocatedBytes">Managed bytes that one step allocates on the calling thread.</param>
/// <param name="PeakBytes">Most resident bytes of the process so far, loading and runtime included.</param>
/// <param name="Ledger">What the step holds, by plan.</param>
public sealed record StepReport(
    string Step,
    int Threads,
    int Tokens,
    int Rows,
    int Rank,
    long Parameters,
    bool Recomputes,
    int ChunkRows,
    double Seconds,
    double TokensPerSecond,
    IReadOnlyList<PhaseTime> Phases,
    long AllocatedBytes,
    long PeakBytes,
    MemoryLedger Ledger);
