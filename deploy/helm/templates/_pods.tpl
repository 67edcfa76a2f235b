{{/* What all pods have in common; `files` where they have a secret's. */}}
{{- define "ape.podSecurity" -}}
runAsNonRoot: true
{{- with .root.Values.user }}
runAsUser: {{ . | int }}
runAsGroup: {{ . | int }}
{{- if $.files }}
# The files of a secret are root's, and readable by this group: 0440.
fsGroup: {{ . | int }}
{{- end }}
{{- end }}
seccompProfile:
  type: RuntimeDefault
{{- end -}}

{{- define "ape.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop: [ALL]
{{- end -}}

{{- define "ape.probes" -}}
startupProbe:
  httpGet:
    path: /healthz
    port: http
  failureThreshold: 30
  periodSeconds: 1
livenessProbe:
  httpGet:
    path: /healthz
    port: http
  periodSeconds: 10
  failureThreshold: 6
# A worker is ready while it is connected to a coordinator, a coordinator while workers can join.
readinessProbe:
  httpGet:
    path: /readyz
    port: http
  periodSeconds: 5
{{- end -}}

{{/* Annotations of a pod: a dictionary of `root`, `port`, `more`, and `files`, whose change starts the pod anew. */}}
{{- define "ape.podAnnotations" -}}
{{- if not .root.Values.podMonitor.enabled }}
prometheus.io/scrape: "true"
prometheus.io/port: {{ .port | quote }}
{{- end }}
# Killing a pod to make room costs the run its agents' sessions.
cluster-autoscaler.kubernetes.io/safe-to-evict: "false"
{{- with .files }}
checksum/files: {{ . | sha256sum }}
{{- end }}
{{- with .more }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/* Where a pod may go: a dictionary of `root` and the pods' own values. */}}
{{- define "ape.placement" -}}
serviceAccountName: {{ include "ape.name" .root }}
automountServiceAccountToken: false
{{- with .root.Values.image.pullSecrets }}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .own.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .own.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .own.affinity }}
affinity:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .own.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- end -}}

{{- define "ape.tlsVolume" -}}
- name: tls
  secret:
    secretName: {{ . }}
    defaultMode: 0440
{{- end -}}

{{- define "ape.tokenVolume" -}}
- name: fleet
  secret:
    secretName: {{ include "ape.tokenSecret" . }}
    defaultMode: 0440
{{- end -}}
