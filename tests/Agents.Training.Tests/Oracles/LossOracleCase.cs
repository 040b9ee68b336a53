using System.Text.Json;
using System.Text.Json.Nodes;
using Agents.Learning;
using Agents.Training.Advantages;

namespace Agents.Training.Tests.Oracles;

/// <summary>
/// One optimizer step of random hidden rows, masks, rewards and groups for one objective. All numbers are single-precision values, so that both element types
/// start from the same ones.
/// </summary>
internal sealed class LossOracleCase
{
    /// <summary>How far the sampling policy's rows lie from the trained ones: equal, inside the clip range, across it, far outside, and beyond the limit of log-ratios.</summary>
    private static readonly double[] Spreads = [0, 0.02, 0.12, 0.5, 1.2, 8];

    public LossOracleCase(string name, int seed)
    {
        Name = $"{name} #{seed}";
        Objective = OracleLosses.All[name];
        SampleStream stream = new SampleStream(77).Fork((ulong)seed);
        Width = 5 + stream.NextInt(9);
        Vocabulary = 11 + (2 * stream.NextInt(17));
        InverseTemperature = seed % 2 == 0 ? 1 : 1 / 0.7;
        int[] lengths = [.. Enumerable.Range(0, 10).Select(_ => 2 + stream.NextInt(7))];
        int rows = lengths.Sum();
        Starts = [.. lengths.Select((_, i) => lengths[..i].Sum())];
        Targets = new int[rows];
        Weights = new float[rows];
        Mask(ref stream, lengths, fractional: seed % 3 == 1);
        double far = seed == Spreads.Length - 1 ? 3 : 1;
        Head = Draw(ref stream, Vocabulary * Width, 0.7 * far);
        Norm = [.. Draw(ref stream, Width, 0.2).Select(value => value + 1)];
        Hidden = Draw(ref stream, rows * Width, 1);
        OldHidden = Near(ref stream, Spreads[seed % Spreads.Length]);
        ReferenceHidden = Near(ref stream, 0.3 * far);
        Correction = seed % 2 == 1 ? [.. Draw(ref stream, rows, 0.3).Select(value => Math.Abs((double)value) + 0.5)] : [];
        Rewards = [1, 0, 1, 0.5, 0.5, 0.5, stream.NextNormal(), double.NaN, stream.NextNormal(), stream.NextNormal()];
        Groups = [4, 4, 4, 9, 9, 9, 1, 1, 1, 1];
        Labels = [.. lengths.Select((_, i) => i % 3 == 0 ? 1.0 : -1.0)];
        ReferencePoint = seed % 2 == 0 ? 0.4 : -0.1;
    }

    public static int Seeds => Spreads.Length;

    public string Name { get; }

    public OracleLoss Objective { get; }

    public int Width { get; }

    public int Vocabulary { get; }

    public double InverseTemperature { get; }

    public int[] Starts { get; }

    public int[] Targets { get; }

    public float[] Weights { get; }

    public float[] Head { get; }

    public float[] Norm { get; }

    public float[] Hidden { get; }

    public float[] OldHidden { get; }

    public float[] ReferenceHidden { get; }

    public double[] Correction { get; }

    public double[] Rewards { get; }

    public int[] Groups { get; }

    public double[] Labels { get; }

    public double ReferencePoint { get; }

    public double Epsilon { get; } = 1e-5;

    public int Rows => Targets.Length;

    /// <summary>Counts of the whole step, as the loops take them: sequences without any target are not counted.</summary>
    public LossContext Context => new(
        Weights.Sum(weight => (double)weight), Enumerable.Range(0, Starts.Length).Count(i => LearnedRows(i) > 0), Starts.Length / 2, 0.5) { ReferencePoint = ReferencePoint };

    /// <summary>Returns the advantage of every row from our estimator; empty where the objective reads none.</summary>
    public double[] Advantages()
    {
        if (Objective.Estimator is not { } estimator)
        {
            return [];
        }

        double[] perSequence = new double[Starts.Length];
        estimator.Estimate(new AdvantageInputs { Reward = Rewards, Group = Groups, Length = [.. Starts.Select((_, i) => LearnedRows(i))] }, perSequence);
        double[] perRow = new double[Rows];
        for (int i = 0; i < Starts.Length; i++)
        {
            perRow.AsSpan(Starts[i], End(i) - Starts[i]).Fill(perSequence[i]);
        }

        return perRow;
    }

    public JsonObject Request() => new()
    {
        ["name"] = Name,
        ["kind"] = "loss",
        ["settings"] = Objective.Settings.DeepClone(),
        ["estimator"] = Objective.EstimatorSettings?.DeepClone(),
        ["hidden"] = Matrix(Hidden, Width),
        ["oldHidden"] = Matrix(OldHidden, Width),
        ["referenceHidden"] = Matrix(ReferenceHidden, Width),
        ["norm"] = JsonSerializer.SerializeToNode(Norm.Select(value => (double)value)),
        ["head"] = Matrix(Head, Width),
        ["epsilon"] = Epsilon,
        ["inverseTemperature"] = InverseTemperature,
        ["targets"] = JsonSerializer.SerializeToNode(Targets),
        ["weights"] = JsonSerializer.SerializeToNode(Weights.Select(value => (double)value)),
        ["starts"] = JsonSerializer.SerializeToNode(Starts),
        ["correction"] = JsonSerializer.SerializeToNode(Correction),
        ["rewards"] = JsonSerializer.SerializeToNode(Rewards.Select(value => double.IsNaN(value) ? (double?)null : value)),
        ["groups"] = JsonSerializer.SerializeToNode(Groups),
        ["labels"] = JsonSerializer.SerializeToNode(Labels),
        ["referencePoint"] = ReferencePoint,
    };

    public int End(int sequence) => sequence + 1 < Starts.Length ? Starts[sequence + 1] : Rows;

    private int LearnedRows(int sequence) => Weights.AsSpan(Starts[sequence], End(sequence) - Starts[sequence]).ToArray().Count(weight => weight != 0);

    /// <summary>Prompts, masked tokens inside completions with and without a target, weights, and one sequence without anything to learn where the objective allows it.</summary>
    private void Mask(ref SampleStream stream, int[] lengths, bool fractional)
    {
        for (int i = 0; i < lengths.Length; i++)
        {
            bool empty = i == 5 && !Objective.IsPaired;
            for (int t = 0; t < lengths[i]; t++)
            {
                int row = Starts[i] + t;
                bool last = t == lengths[i] - 1;
                bool learned = !empty && (last || (t > 0 && stream.NextInt(4) != 0));
                Targets[row] = learned || stream.NextInt(2) == 0 ? stream.NextInt(Vocabulary) : -1;
                Weights[row] = !learned ? 0 : fractional ? 0.5f + (float)stream.NextUnit() : 1;
            }
        }
    }

    private float[] Near(ref SampleStream stream, double spread)
    {
        float[] noise = Draw(ref stream, Hidden.Length, spread);
        return [.. Hidden.Zip(noise, (value, change) => value + change)];
    }

    private static float[] Draw(ref SampleStream stream, int count, double deviation)
    {
        float[] values = new float[count];
        for (int i = 0; i < count; i++)
        {
            values[i] = (float)(deviation * stream.NextNormal());
        }

        return values;
    }

    private static JsonNode Matrix(float[] values, int columns) => JsonSerializer.SerializeToNode(values.Select(value => (double)value).Chunk(columns))!;
}
