using Agents.Models.Cache;
using Agents.Models.Decoder;
using Agents.Numerics.Kernels;
using Agents.Numerics.Memory;

namespace Agents.Models.Generation;

/// <summary>
/// Collects rows of many sequences (prefill chunks, decode rows, continuations to score) and runs them through the model at once. Numbers of one sequence do
/// not depend on what else is in the batch. Reused; a run allocates nothing.
/// </summary>
internal sealed unsafe class RowBatch : IDisposable
{
    /// <summary>Logits are kept below this many values, so that large vocabularies do not cost a large buffer.</summary>
    private const int LogitBudget = 1 << 24;

    private readonly RopeTables<float> _rope;
    private readonly DecoderForward<float> _forward;
    private readonly CachedAttentionPlan _plan;
    private readonly int[] _ids;
    private readonly int[] _positions;
    private readonly int[] _logitRows;

    public RowBatch(DecoderWeights<float> weights, IKernels<float> kernels, RopeTables<float> rope, int maximumRows, KvPagePool pool)
    {
        Shape = weights.Shape;
        Kernels = kernels;
        _rope = rope;
        MaximumRows = maximumRows;
        Pool = pool;
        MaximumLogitRows = Math.Clamp(LogitBudget / Shape.VocabularySize, 1, maximumRows);
        _forward = new DecoderForward<float>(weights, kernels, rope, maximumRows, MaximumLogitRows);
        _plan = new CachedAttentionPlan(maximumRows);
        _ids = new int[maximumRows];
        _positions = new int[maximumRows];
        _logitRows = new int[MaximumLogitRows];
    }

    public ModelShape Shape { get; }

    public IKernels<float> Kernels { get; }

    /// <summary>Gets the pages of all sequences that run here; not owned.</summary>
    public KvPagePool Pool { get; }

    public int MaximumRows { get; }

    public int MaximumLogitRows { get; }

    public int Rows { get; private set; }

    public int LogitRows { get; private set; }

    public int Room => MaximumRows - Rows;

    public int LogitRoom => MaximumLogitRows - LogitRows;

    /// <summary>Starts an empty batch.</summary>
    public void Begin()
    {
        _plan.Clear();
        Rows = 0;
        LogitRows = 0;
    }

    /// <summary>Adds the next tokens of a sequence, without logits.</summary>
    public void Add(KvSequence sequence, ReadOnlySpan<int> tokens) => AddRows(sequence, tokens, tokens.Length);

    /// <summary>Adds the next tokens of a sequence and asks for the logits after the last one.</summary>
    /// <returns>Row of the logits.</returns>
    public int AddWithLast(KvSequence sequence, ReadOnlySpan<int> tokens) => AddRows(sequence, tokens, tokens.Length - 1);

    /// <summary>Adds the next tokens of a sequence and asks for the logits after each of them.</summary>
    /// <returns>First row of the logits.</returns>
    public int AddWithAll(KvSequence sequence, ReadOnlySpan<int> tokens) => AddRows(sequence, tokens, 0);

    /// <summary>Runs the batch and makes its rows part of their sequences.</summary>
    /// <returns>[logit rows, vocabulary]; valid until the next run.</returns>
    public MatrixView<float> Run()
    {
        MatrixView<float> logits = _forward.Run(_ids.AsSpan(0, Rows), _positions.AsSpan(0, Rows), _plan, _logitRows.AsSpan(0, LogitRows));
        _plan.Commit();
        return logits;
    }

    public void Dispose()
    {
        _plan.Dispose();
        _forward.Dispose();
    }

    private int AddRows(KvSequence sequence, ReadOnlySpan<int> tokens, int firstWithLogits)
    {
        _plan.Add(sequence, tokens.Length);
        int first = LogitRows;
        for (int i = 0; i < tokens.Length; i++)
        {
            if (i >= firstWithLogits)
            {
                _logitRows[LogitRows++] = Rows;
            }

            _ids[Rows] = tokens[i];
            _positions[Rows] = sequence.Length + i;
            Rows++;
        }

        _rope.Reserve(sequence.Length + tokens.Length);
        return first;
    }
}
