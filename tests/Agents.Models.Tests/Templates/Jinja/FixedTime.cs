namespace Agents.Models.Tests.Templates.Jinja;

/// <summary>A clock that stands at 2026-07-26 09:05:03.</summary>
internal sealed class FixedTime : TimeProvider
{
    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    public override DateTimeOffset GetUtcNow() => new(2026, 7, 26, 9, 5, 3, TimeSpan.Zero);
}
