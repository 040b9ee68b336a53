using Agents.Models.Adapters;
using Agents.Models.Cache;
using Agents.Models.Decoder;
using Agents.Numerics.Kernels;
using Agents.Numerics.Memory;

namespace Agents.Models.Serving;

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
    private readonly AdapterRows _adapters = new();

    public RowBatch(DecoderWeights<float> weights, IKernels<float> kernels, RopeTables<float> rope, int maximumRows)
    {
        Shape = weights.Shape;
        Kernels = kernels;
        _rope = rope;
        MaximumRows = maximumRows;
        MaximumLogitRows = Math.Clamp(LogitBudget / Shape.VocabularySize, 1, maximumRows);
        _forward = new DecoderForward<float>(weights, kernels, rope, maximumRows, MaximumLogitRows);
        _plan = new CachedAttentionPlan(maximumRows);
        _ids = new int[maximumRows];
        _positions = new int[maximumRows];
        _logitRows = new int[MaximumLogitRows];
    }

    public ModelShape Shape { get; }

    public IKernels<float> Kernels { get; }

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
        _adapters.Clear();
        Rows = 0;
        LogitRows = 0;
    }

    /// <summary>Adds the next tokens of a sequence; each sequence once per batch.</summary>
    /// <param name="cache">Keys and values so far, with room for the new ones.</param>
    /// <param name="tokens">The tokens.</param>
    /// <param name="logits">How many of the last tokens want the logits after them.</param>
    /// <param name="mixture">Adapters of the rows, or null; rows with the same ones should come one after the other.</param>
    /// <returns>First row of the logits.</returns>
    public int Add(KvSequence cache, ReadOnlySpan<int> tokens, int logits, AdapterMixture? mixture = null)
    {
        _plan.Add(cache, tokens.Length);
        _adapters.Add(mixture, tokens.Length);
        int first = LogitRows;
        for (int i = 0; i < tokens.Length; i++)
        {
            if (i >= tokens.Length - logits)
            {
                _logitRows[LogitRows++] = Rows;
            }

            _ids[Rows] = tokens[i];
            _positions[Rows] = cache.Length + i;
            Rows++;
        }

        _rope.Reserve(cache.Length + tokens.Length);
        return first;
    }

    /// <summary>Runs the batch and makes its rows part of their sequences.</summary>
    /// <returns>[logit rows, vocabulary]; valid until the next run.</returns>
    public MatrixView<float> Run()
    {
        _forward.Extension = _adapters.IsEmpty ? null : _adapters;
        MatrixView<float> logits = _forward.Run(_ids.AsSpan(0, Rows), _positions.AsSpan(0, Rows), _plan, _logitRows.AsSpan(0, LogitRows));
        _plan.Commit();
        return logits;
    }

    public void Dispose()
    {
        _plan.Dispose();
        _forward.Dispose();
        _adapters.Dispose();
    }
}
