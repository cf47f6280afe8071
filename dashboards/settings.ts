/** Days of runway below which an alert warns, and is critical: colours and words follow it. */
export interface RunwayDays {
  readonly warning: number;
  readonly critical: number;
}

/** What a dashboard needs to know besides its language. */
export interface DashboardSettings {
  readonly runwayDays: RunwayDays;
  /** Names of the alerts that are ours. */
  readonly alertNames: readonly string[];
}
