namespace Agents.Evaluation.Tasks;

/// <summary>Collects every broken setting, so all are reported at once.</summary>
internal sealed class OptionCheck(string options)
{
    private readonly List<string> _broken = [];

    public OptionCheck Require(bool holds, string key, string rule, object? found)
    {
        if (!holds)
        {
            _broken.Add(FormattableString.Invariant($"{options}.{key} {rule}, but is {found}"));
        }

        return this;
    }

    public OptionCheck Share(double value, string key) => Require(value is >= 0 and <= 1, key, "must lie in [0, 1]", value);

    public void ThrowIfBroken()
    {
        if (_broken.Count > 0)
        {
            throw new ArgumentException(string.Join("; ", _broken) + ".");
        }
    }
}
