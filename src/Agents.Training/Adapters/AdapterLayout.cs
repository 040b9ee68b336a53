using System.Collections.Immutable;
using System.Globalization;
using Agents.Models;
using Agents.Models.Adapters;
using Agents.Models.Decoder;
using Agents.Training.Optimization;

namespace Agents.Training.Adapters;

/// <summary>Which weights an adapter trains, and where their numbers lie in one flat array.</summary>
public sealed class AdapterLayout
{
    /// <summary>Matrices start at multiples of this many elements, so each begins on a cache line.</summary>
    private const int Granule = 16;

    private AdapterLayout(AdapterKind kind, double alpha, bool rankStabilized, IEnumerable<(int Index, TensorPlan Plan, int Rank, float Scale)> parts)
    {
        Kind = kind;
        Alpha = alpha;
        RankStabilized = rankStabilized;
        long at = 0;
        var slots = ImmutableArray.CreateBuilder<AdapterSlot>();
        foreach ((int index, TensorPlan plan, int rank, float scale) in parts)
        {
            long a = Take(ref at, (long)rank * plan.Columns);
            long b = Take(ref at, (long)plan.Rows * rank);
            slots.Add(new AdapterSlot(plan.Name, index, rank, plan.Columns, plan.Rows, scale, a, b, -1));
        }

        long factors = at;
        for (int i = 0; i < slots.Count && kind == AdapterKind.Dora; i++)
        {
            slots[i] = slots[i] with { OffsetMagnitude = Take(ref at, slots[i].Outputs) };
        }

        Slots = slots.ToImmutable();
        ByName = Slots.ToImmutableDictionary(slot => slot.Name, StringComparer.Ordinal);
        Length = at;
        Ranges = at == factors ? [new DecayRange(0, factors, true)] : [new DecayRange(0, factors, true), new DecayRange(factors, at - factors, false)];
    }

    /// <summary>Gets the kind.</summary>
    public AdapterKind Kind { get; }

    /// <summary>Gets alpha.</summary>
    public double Alpha { get; }

    /// <summary>Gets whether scales are alpha / √r.</summary>
    public bool RankStabilized { get; }

    /// <summary>Gets the trained weights in the order of the model's tensors.</summary>
    public ImmutableArray<AdapterSlot> Slots { get; }

    /// <summary>Gets the trained weights by name.</summary>
    public ImmutableDictionary<string, AdapterSlot> ByName { get; }

    /// <summary>Gets the elements of the flat array, gaps included.</summary>
    public long Length { get; }

    /// <summary>Gets the number of trained parameters.</summary>
    public long ParameterCount => Slots.Sum(slot => ((long)slot.Rank * (slot.Inputs + slot.Outputs)) + (slot.OffsetMagnitude < 0 ? 0 : slot.Outputs));

    /// <summary>Gets the largest rank.</summary>
    public int MaximumRank => Slots.Max(slot => slot.Rank);

    /// <summary>Gets which parameters decay: the factors, not the magnitudes.</summary>
    internal ImmutableArray<DecayRange> Ranges { get; }

    /// <summary>Plans a new adapter.</summary>
    /// <param name="shape">The base model.</param>
    /// <param name="options">Settings.</param>
    /// <exception cref="ArgumentException">A setting is out of range, or a target names no layer of the model.</exception>
    public static AdapterLayout Of(ModelShape shape, AdapterOptions options)
    {
        ArgumentNullException.ThrowIfNull(shape);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        (int Index, TensorPlan Plan)[] linear = Linear(shape);
        foreach (string target in options.TargetModules)
        {
            if (!linear.Any(part => IsTarget(part.Plan.Name, target)))
            {
                string known = string.Join(", ", linear.Select(part => Module(part.Plan.Name).Split('.')[^1]).Distinct());
                string hint = target == "lm_head" ? " The head of this model is its embedding, which stays frozen." : string.Empty;
                throw new ArgumentException($"The target module '{target}' names no linear layer of this {shape.Architecture} model; it has {known}, or say {AdapterOptions.AllLinear}.{hint}", nameof(options));
            }
        }

        float scale = LoraAdapter.ScaleOf(options.Alpha, options.Rank, options.RankStabilized);
        var chosen = linear.Where(part => options.TargetModules.Any(target => IsTarget(part.Plan.Name, target))).ToArray();
        if (options.Kind == AdapterKind.Dora && Array.Exists(chosen, part => part.Plan.Name == "lm_head.weight"))
        {
            throw new ArgumentException("DoRA is trained on the layers, not on the head; leave 'lm_head' out of the target modules or use LoRA.", nameof(options));
        }

        return new AdapterLayout(options.Kind, options.Alpha, options.RankStabilized, chosen.Select(part => (part.Index, part.Plan, options.Rank, scale)));
    }

    /// <summary>Plans the further training of an adapter.</summary>
    /// <param name="shape">The base model.</param>
    /// <param name="adapter">The adapter.</param>
    /// <exception cref="ModelFormatException">The adapter belongs to another model.</exception>
    /// <exception cref="ArgumentException">The adapter is DoRA and changes the head.</exception>
    public static AdapterLayout Of(ModelShape shape, LoraAdapter adapter)
    {
        ArgumentNullException.ThrowIfNull(shape);
        ArgumentNullException.ThrowIfNull(adapter);
        adapter.RequireFits(shape);
        if (adapter.IsDora && adapter.ByName.ContainsKey("lm_head.weight"))
        {
            throw new ArgumentException($"Adapter '{adapter.Name}' is DoRA and changes the head; DoRA is trained on the layers only.", nameof(adapter));
        }

        return new AdapterLayout(
            adapter.IsDora ? AdapterKind.Dora : AdapterKind.Lora,
            adapter.Alpha,
            adapter.RankStabilized,
            Linear(shape).Where(part => adapter.ByName.ContainsKey(part.Plan.Name))
                .Select(part => (part.Index, part.Plan, adapter.ByName[part.Plan.Name].Rank, adapter.ByName[part.Plan.Name].Scale)));
    }

    /// <summary>Returns the lowest layer with a trained weight; the number of layers when only the head has one.</summary>
    /// <param name="shape">The base model.</param>
    internal int LowestLayer(ModelShape shape)
    {
        const string Prefix = "model.layers.";
        int lowest = shape.Layers.Length;
        foreach (AdapterSlot slot in Slots.Where(slot => slot.Name.StartsWith(Prefix, StringComparison.Ordinal)))
        {
            lowest = Math.Min(lowest, int.Parse(slot.Name.AsSpan(Prefix.Length, slot.Name.IndexOf('.', Prefix.Length) - Prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture));
        }

        return lowest;
    }

    /// <summary>Returns one line <c>name = value</c> per property that stored numbers depend on.</summary>
    internal IEnumerable<string> Identity() =>
    [
        string.Create(CultureInfo.InvariantCulture, $"adapter = {Kind} alpha {Alpha:R} {(RankStabilized ? "rank stabilized" : "plain")}"),
        .. Slots.Select(slot => string.Create(CultureInfo.InvariantCulture, $"adapted = {slot.Name} rank {slot.Rank} scale {slot.Scale:R}")),
    ];

    private static (int Index, TensorPlan Plan)[] Linear(ModelShape shape) =>
        [.. TensorPlan.Of(shape).Select((plan, index) => (index, plan)).Where(part => part.plan.Rows > 1 && part.plan.Name != "model.embed_tokens.weight")];

    private static bool IsTarget(string name, string target)
    {
        string module = Module(name);
        return target == AdapterOptions.AllLinear
            ? module != "lm_head"
            : module == target || module.EndsWith("." + target, StringComparison.Ordinal);
    }

    private static string Module(string name) => name[..^".weight".Length];

    private static long Take(ref long at, long length)
    {
        long start = at;
        at += (length + Granule - 1) / Granule * Granule;
        return start;
    }
}
