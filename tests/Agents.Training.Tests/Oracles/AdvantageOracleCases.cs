using System.Text.Json;
using System.Text.Json.Nodes;
using Agents.Learning;

namespace Agents.Training.Tests.Oracles;

/// <summary>Random rewards, values and lengths for the estimators and the value loss.</summary>
internal static class AdvantageOracleCases
{
    public const int Seeds = 8;

    public const double Clip = 0.2;

    /// <summary>Returns rewards in groups of one, two and many; binary, continuous, all equal or not scored.</summary>
    public static (double[] Rewards, int[] Groups, int[] Lengths) Completions(int seed)
    {
        SampleStream stream = new SampleStream(5).Fork((ulong)seed);
        List<double> rewards = [];
        List<int> groups = [];
        for (int group = 0; group < 6; group++)
        {
            int size = group == 0 ? 1 : 2 + stream.NextInt(7);
            for (int i = 0; i < size; i++)
            {
                double reward = (group % 4) switch { 0 => stream.NextNormal(), 1 => stream.NextInt(2), 2 => 0.1, _ => 5 + (0.01 * stream.NextNormal()) };
                rewards.Add(group == 4 && i == 0 ? double.NaN : reward);
                groups.Add(100 - group);
            }
        }

        return ([.. rewards], [.. groups], [.. rewards.Select(_ => 1 + stream.NextInt(9))]);
    }

    /// <summary>Returns token rewards, critic values, values at sampling time, targets and a mask that has both kinds.</summary>
    public static (double[] Rewards, double[] Values, double[] Old, double[] Targets, bool[] Mask) Tokens(int seed)
    {
        SampleStream stream = new SampleStream(6).Fork((ulong)seed);
        int count = 7 + (4 * seed);
        double[] values = Draw(ref stream, count, 1);
        double[] change = Draw(ref stream, count, 0.3);
        return (
            Draw(ref stream, count, 0.5),
            values,
            [.. values.Zip(change, (value, by) => value + by)],
            Draw(ref stream, count, 1),
            [.. Enumerable.Range(0, count).Select(i => i == count - 1 || (i * 7) % 5 != 2)]);
    }

    public static IEnumerable<JsonObject> Requests()
    {
        for (int seed = 0; seed < Seeds; seed++)
        {
            (double[] rewards, int[] groups, int[] lengths) = Completions(seed);
            foreach ((string name, (_, JsonObject settings)) in OracleLosses.Estimators)
            {
                yield return Advantage($"{name} #{seed}", (JsonObject)settings.DeepClone(), new
                {
                    rewards = rewards.Select(reward => double.IsNaN(reward) ? (double?)null : reward),
                    groups,
                    lengths,
                });
            }

            (double[] tokenRewards, double[] values, double[] old, double[] targets, bool[] mask) = Tokens(seed);
            yield return Advantage($"gae #{seed}", Named("gae"), new { rewards = tokenRewards, values, mask, gamma = 0.97, lambda = 0.9 });
            yield return Advantage($"whiten #{seed}", Named("whiten"), new { values, counts = mask.Select(kept => kept ? 1 : 0) });
            yield return Advantage($"importance #{seed}", Named("importance"), new { trainer = values, sampler = old.Select(value => value - 0.3), cap = 1.5 });
            yield return Advantage($"overlong #{seed}", Named("overlong"), new { limit = 9, buffer = 4, factor = 0.7, lengths });
            double[] scored = [.. rewards.Select(reward => double.IsNaN(reward) ? 0.25 : reward)];
            yield return Advantage($"gdpo #{seed}", Named("gdpo"), new { groups, epsilon = 1e-4, rewardWeights = new[] { 1, 0.4 }, rewardRows = new[] { scored, [.. lengths.Select(n => n / 9.0)] } });
            foreach ((string name, double clip) in ((string, double)[])[("value", Clip), ("value without clip", 1e30)])
            {
                JsonObject request = (JsonObject)JsonSerializer.SerializeToNode(new { values, old, targets, clip })!;
                request["name"] = $"{name} #{seed}";
                request["kind"] = "value";
                yield return request;
            }
        }
    }

    private static JsonObject Named(string name) => new() { ["name"] = name };

    private static JsonObject Advantage(string name, JsonObject estimator, object content)
    {
        JsonObject request = (JsonObject)JsonSerializer.SerializeToNode(content)!;
        request["name"] = "advantage " + name;
        request["kind"] = "advantage";
        request["estimator"] = estimator;
        return request;
    }

    private static double[] Draw(ref SampleStream stream, int count, double deviation)
    {
        double[] values = new double[count];
        for (int i = 0; i < count; i++)
        {
            values[i] = deviation * stream.NextNormal();
        }

        return values;
    }
}
